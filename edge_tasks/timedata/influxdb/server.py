"""A server of InfluxDB as it is reached by HTTP, 1.8 and 2.x alike."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from edge_tasks.timedata.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S: Final = 300.0
_LOGIN: Final = (401, 403)
_MISSING: Final = 404
_WRONG: Final = 400


@dataclass(frozen=True)
class Server:
    """A server, and the bucket in it.

    Attributes:
        url: as it is reached from here, e.g. ``http://127.0.0.1:8086``.
        bucket: ``database/retention policy`` for InfluxDB 1.
        api_key: the token; ``user:password`` for InfluxDB 1; empty for none.
        org: the organisation; ``-`` for InfluxDB 1.
    """

    url: str
    bucket: str
    api_key: str = field(default="", repr=False)
    org: str = "-"

    def post(self, path: str, parameters: Mapping[str, str], body: bytes, kind: str = "text/plain") -> bytes:
        """What the server answers.

        Args:
            path: below its url.
            parameters: in the address.
            body: what is sent.
            kind: of the body, as a content type.

        Raises:
            HistoryError: it does not answer, or refuses.
        """
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        speaking = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        headers = {"Content-Type": kind, "Accept": "application/json, application/csv"}
        if self.api_key:
            headers["Authorization"] = f"Token {self.api_key}"
        target = f"{parts.path.rstrip('/')}{path}?{urlencode(parameters)}"
        try:
            with closing(speaking(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)) as connection:
                connection.request("POST", target, body, headers)
                answer = connection.getresponse()
                said = answer.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise HistoryError(f"the InfluxDB at {self.url} does not answer: {why}", hint="inv doctor") from None
        if answer.status >= _WRONG:
            raise self._refusal(answer.status, said)
        return said

    def _refusal(self, status: int, said: bytes) -> HistoryError:
        words = _words(said)
        if status in _LOGIN:
            return HistoryError(
                f"the InfluxDB at {self.url} refuses the login: {words}", hint="apiKey in Timedata/InfluxDB"
            )
        if status == _MISSING:
            create = f'influx -execute "CREATE DATABASE {self.bucket.partition("/")[0]}"'
            return HistoryError(
                f"the InfluxDB at {self.url} has no {self.bucket}: {words}", hint=f"in InfluxDB 1.8: {create}"
            )
        return HistoryError(f"the InfluxDB at {self.url} refused ({status}): {words}")


def _words(said: bytes) -> str:
    """The error in an answer, as one line."""
    try:
        found = json.loads(said)
        text = str(found.get("error") or found.get("message") or found)
    except (ValueError, AttributeError):
        text = said.decode(errors="replace")
    return " ".join(text.split())[:300] or "without a word"
