"""What a task asks of the keeper; see :mod:`.keeper_server` for the requests."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSWERS_S: Final = 5.0


class KeeperError(Exception):
    """The keeper cannot be reached, or refuses; the message is one sentence."""


class LeaseLostError(KeeperError):
    """Another task runs the part."""


@dataclass(frozen=True)
class KeeperClient:
    """The keeper, as a task asks it.

    Attributes:
        host: where it is.
        port: of its server.
        token: by which it knows a task of the fleet.
        task: an id of this task, which no other has.
        node: where this task runs, for people.
    """

    host: str
    port: int
    token: str = field(repr=False)
    task: str
    node: str

    def take(self, wish: int) -> tuple[int, str]:
        """Take a part, the wished one if it is free: the part, and the digest of the fleet file.

        Raises:
            LeaseLostError: all of them are taken.
            KeeperError: it does not answer.
        """
        told = orjson.loads(self._ask("POST", f"/parts/{wish}/wish"))
        return int(told["part"]), str(told["fleet"])

    def renew(self, part: int) -> str:
        """Renew the lease of a part; the digest of the fleet file.

        Raises:
            LeaseLostError: another task has it, or the fleet has no such part any more.
            KeeperError: it does not answer.
        """
        return str(orjson.loads(self._ask("POST", f"/parts/{part}"))["fleet"])

    def release(self, part: int) -> None:
        """End the lease of a part.

        Raises:
            KeeperError: it does not answer.
        """
        self._ask("DELETE", f"/parts/{part}")

    def fleet(self) -> bytes:
        """The fleet file.

        Raises:
            KeeperError: it does not answer.
        """
        return self._ask("GET", "/fleet")

    def memories(self) -> Iterator[tuple[str, bytes]]:
        """All memory files of the fleet with their names, one by one: an edge may come from another part.

        Raises:
            KeeperError: it does not answer.
        """
        for name in orjson.loads(self._ask("GET", "/memories")):
            yield name, self._ask("GET", f"/memories/{name}")

    def put(self, part: int, kind: str, content: bytes) -> None:
        """Hand over a file of a part, its ``status`` or its ``memory``.

        Raises:
            LeaseLostError: another task has the part.
            KeeperError: it does not answer.
        """
        self._ask("PUT", f"/parts/{part}/{kind}", content)

    def _ask(self, method: str, path: str, content: bytes = b"") -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "X-Task": self.task, "X-Node": self.node}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_ANSWERS_S)
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise KeeperError(f"the keeper does not answer: {error}") from None
        finally:
            connection.close()
        if answer.status == HTTPStatus.CONFLICT:
            raise LeaseLostError("another task has the part")
        if answer.status != HTTPStatus.OK:
            raise KeeperError(f"the keeper answers {method} {path} with {answer.status}")
        return said
