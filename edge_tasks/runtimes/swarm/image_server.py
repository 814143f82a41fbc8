"""What a container on the manager runs while nodes are given an image: it serves that to all who know a token.

The container has only an image with Python, so this file imports nothing of ours.
"""

from __future__ import annotations

import hmac
import http.server
import os
import pathlib
import shutil
import threading

_STALLED_S = 120
_LIVES_S = 7200.0
"""Whoever started it ends it much earlier, unless he was killed."""


class ImageServer(http.server.ThreadingHTTPServer):
    """Serves the files ``image.tar`` of a folder, with the token that the file ``token`` has.

    Args:
        folder: with these two.
        port: on all addresses; 0 for a free one.
    """

    daemon_threads = True

    def __init__(self, folder: pathlib.Path, port: int) -> None:
        super().__init__(("", port), _Handler)
        self.image = folder / "image.tar"
        self.wanted = b"Bearer " + (folder / "token").read_bytes().strip()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: ImageServer
    timeout = _STALLED_S

    def do_GET(self) -> None:
        """Answer with the image, or with 403."""
        told = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(told, self.server.wanted):
            self.send_error(403)
            return
        with self.server.image.open("rb") as file:
            self.send_response(200)
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.end_headers()
            shutil.copyfileobj(file, self.wfile, 1 << 20)


def main() -> None:
    """Serve until somebody ends the container."""
    end = threading.Timer(_LIVES_S, os._exit, (0,))
    end.daemon = True
    end.start()
    ImageServer(pathlib.Path(os.environ["FOLDER"]), int(os.environ["PORT"])).serve_forever()


if __name__ == "__main__":
    main()
