"""What edges send, written into the InfluxDB that ``Timedata/InfluxDB`` names, as ``Timedata.InfluxDB`` does.

Points are collected and written every second, the real one does so every ten. When a write fails, the limit
rises by 0.10, and with that probability later points are dropped without a word; each successful write lowers it
by 0.01. The limit is logged as the real one logs it.
"""

from __future__ import annotations

import random
import re
import threading
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from edge_tasks.backend import json_rpc

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_S = 1.0
MOST = 0.95
SPECIAL = re.compile(r"([,= ])")


class History:
    """Takes what the backend takes, and writes it in a thread of its own."""

    def __init__(self, influxdb: dict[str, Any]) -> None:
        told = {"bucket": influxdb["bucket"], "org": influxdb.get("org", "-"), "precision": "ms"}
        self._url = f"{influxdb['url']}/api/v2/write?{urllib.parse.urlencode(told)}"
        self._token = influxdb.get("apiKey", "")
        self._measurement = influxdb.get("measurement", "data")
        self._lines: list[str] = []
        self._limit = 0.0
        threading.Thread(target=self._write_again_and_again, daemon=True).start()

    def taking(self, take: Callable[..., None]) -> Callable[..., None]:
        """The backend's own function, which now also writes what it takes."""

        def wrapped(
            backend: object, device: Any, update: object, params: dict[str, Any], history: object = None
        ) -> None:
            take(backend, device, update, params, history)
            edge = re.sub(r"\D", "", device.name)
            for timestamp, values in json_rpc.moments(params):
                numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
                fields = ",".join(written(name, value) for name, value in numbers.items())
                if fields:
                    self._lines.append(f"{self._measurement},edge={edge} {fields} {timestamp}")

        return wrapped

    def _write_again_and_again(self) -> None:
        while True:
            time.sleep(EVERY_S)
            lines, self._lines = self._lines, []
            kept = [line for line in lines if random.random() >= self._limit]  # noqa: S311 - no secret
            if kept:
                self._write("\n".join(kept).encode())
            print(f"[InfluxDB] [monitor] timedata0 Limit:{self._limit:.3f}, RejectedExecutions:0", flush=True)

    def _write(self, body: bytes) -> None:
        request = urllib.request.Request(self._url, body, {"Authorization": f"Token {self._token}"})  # noqa: S310
        try:
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - as the configuration has it
        except OSError as error:
            self._limit = min(MOST, self._limit + 0.10)
            print(f"[InfluxDB] Unable to write points: {error}", flush=True)
        else:
            self._limit = max(0.0, self._limit - 0.01)


def written(address: str, value: float) -> str:
    """A field in line protocol."""
    number = f"{int(value)}i" if isinstance(value, int) else repr(value)
    return SPECIAL.sub(r"\\\1", address) + f"={number}"
