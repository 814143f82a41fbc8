"""What a task asks of the keeper; see :mod:`.keeper` for the requests."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import orjson

_ANSWERS_S: Final = 5.0


class KeeperError(Exception):
    """The keeper cannot be reached, or refuses; the message is one sentence."""


class LeaseLostError(KeeperError):
    """Another task runs the part."""


@dataclass(frozen=True)
class KeeperClient:
    """The keeper, as the task of one part asks it.

    Attributes:
        host: where it is.
        port: of its server.
        part: of the fleet.
        task: an id of this task, which no other has.
    """

    host: str
    port: int
    token: str = field(repr=False)
    part: int
    task: str

    def lease(self, *, had_it: bool) -> str:
        """Take or renew the lease; the tag of the fleet file.

        Raises:
            LeaseLostError: another task has it.
            KeeperError: it does not answer.
        """
        return str(orjson.loads(self._ask("POST", f"/parts/{self.part}?had={had_it:d}"))["fleet"])

    def release(self) -> None:
        """End the lease.

        Raises:
            KeeperError: it does not answer.
        """
        self._ask("DELETE", f"/parts/{self.part}")

    def fleet(self) -> bytes:
        """The fleet file.

        Raises:
            KeeperError: it does not answer.
        """
        return self._ask("GET", "/fleet")

    def memories(self) -> dict[str, bytes]:
        """All memory files of the fleet, by name: an edge may come from another part.

        Raises:
            KeeperError: it does not answer.
        """
        names = orjson.loads(self._ask("GET", "/memories"))
        return {name: self._ask("GET", f"/memories/{name}") for name in names}

    def put(self, kind: str, content: bytes) -> None:
        """Hand over a file of the part, its ``status`` or its ``memory``.

        Raises:
            LeaseLostError: another task has the part.
            KeeperError: it does not answer.
        """
        self._ask("PUT", f"/parts/{self.part}/{kind}", content)

    def _ask(self, method: str, path: str, content: bytes = b"") -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "X-Task": self.task}
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
            raise LeaseLostError(f"another task runs part {self.part}")
        if answer.status != HTTPStatus.OK:
            raise KeeperError(f"the keeper answers {method} {path} with {answer.status}")
        return said
