"""What the container of a task begins with: it gets the light edges' program from the keeper, and becomes it.

A node has only an image with Python, so its container is given this text. It imports nothing of ours.
"""

import io
import os
import pathlib
import sys
import tarfile
import time
import urllib.request

PROGRAM = "/tmp/program"  # noqa: S108 - in the container, which has one user

token = pathlib.Path(os.environ["TOKEN_FILE"]).read_text(encoding="ascii").strip()
request = urllib.request.Request(
    f"http://{os.environ['KEEPER']}/program", headers={"Authorization": f"Bearer {token}"}
)
while True:
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - always http
            packed = answer.read()
        break
    except OSError as error:
        print("waits for the keeper:", error, file=sys.stderr, flush=True)  # noqa: T201 - the task's log
        time.sleep(1)
with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
    archive.extractall(PROGRAM)  # noqa: S202 - from the fleet's own keeper
os.environ["PYTHONPATH"] = PROGRAM
os.execv(sys.executable, [sys.executable, "-m", "edge_tasks.light.nodes", "run"])  # noqa: S606 - our own program
