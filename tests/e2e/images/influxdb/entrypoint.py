"""A real InfluxDB 1.8 that understands INFLUXDB_DB, as the image of this name does: where its data is new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

COMMAND = ("influxd", "run", "-config", "/etc/influxdb/influxdb.conf")
META = Path("/var/lib/influxdb/meta/meta.db")


def create(database: str) -> None:
    statement = urllib.parse.urlencode({"q": f'CREATE DATABASE "{database}"'}).encode()
    deadline = time.monotonic() + 30
    while not takes(statement):
        if time.monotonic() > deadline:
            sys.exit(f"database {database} could not be created")
        time.sleep(0.1)


def takes(statement: bytes) -> bool:
    try:
        urllib.request.urlopen("http://127.0.0.1:8086/query", statement).close()
    except urllib.error.URLError:
        return False
    return True


def main() -> int:
    database = "" if META.exists() else os.environ.get("INFLUXDB_DB", "")
    with subprocess.Popen(COMMAND) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        if database:
            create(database)
        return server.wait()


if __name__ == "__main__":
    sys.exit(main())
