"""What an InfluxDB says to a write, asked as OpenEMS' backend writes."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes:
        status: of HTTP; 0 when nothing answered.
        words: the error, or why nothing answered.
        version: e.g. ``1.8.10``; empty when the server does not say it.
    """

    status: int
    words: str = ""
    version: str = ""


def write_nothing(host: str, port: int, bucket: str, org: str, api_key: str) -> Answer:
    """Write no points. The server looks at login, database and retention policy all the same.

    InfluxDB 1.8 answers 204, 2.x 400, because there is no point. A server before 1.8 has no such page.
    """
    headers = {"Authorization": f"Token {api_key}"} if api_key else {}
    path = f"/api/v2/write?{urlencode({'bucket': bucket, 'org': org, 'precision': 'ms'})}"
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)) as connection:
            connection.request("POST", path, b"", headers)
            answer = connection.getresponse()
            said = answer.read()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, str(error) or type(error).__name__)
    return Answer(answer.status, _words(said), str(answer.headers.get("X-Influxdb-Version") or "").lstrip("v"))


def _words(said: bytes) -> str:
    text = said.decode(errors="replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        return text[:200]
    return str(found.get("error") or found.get("message") or "") if isinstance(found, dict) else ""
