"""Why an edge does not do what a request asks."""

from __future__ import annotations

GENERIC = 1


class RpcError(Exception):
    """An error as JSON-RPC has it.

    Args:
        message: as OpenEMS words it.
        data: what its placeholders stand for; the message itself when there are none.
        code: of ``OpenemsError``.
    """

    def __init__(self, message: str, *data: str, code: int = GENERIC) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = list(data) or [message]


def no_endpoint(method: object) -> RpcError:
    """The error for a method that the edge does not know (``JsonApiBuilder.java:600`` of OpenEMS 2024.7.0)."""
    return RpcError(f'Endpoint with method "{method}" is not defined!')
