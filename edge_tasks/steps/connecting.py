"""How many edges the backend has by now, asked while others work: the only thing here that has a thread."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_tasks.cli.console import Told
    from edge_tasks.cli.session import Session
    from edge_tasks.proof.protocol import StatusSource

_PAUSE_S: Final = 0.5
_REST: Final = 9.0
"""After an answer that took long, this many times as long is waited: the backend has edges to take."""


@contextmanager
def counted(session: Session, title: str) -> Iterator[None]:
    """Show how many edges of the fleet are connected, as the backend says, while the body runs."""
    if session.console.quiet:
        yield
        return
    names = [edge.name for edge in session.edges]
    over = threading.Event()
    with session.console.progress(title, len(names), "connected") as told:
        status = session.runtime.backend.status
        asking = threading.Thread(target=_ask, args=(status, names, told, over), daemon=True)
        asking.start()
        try:
            yield
        finally:
            over.set()
            asking.join()


def _ask(status: StatusSource, names: list[str], told: Told, over: threading.Event) -> None:
    pause = _PAUSE_S
    while not over.wait(pause):
        began = time.monotonic()
        try:
            told(sum(status.online(names).values()))
        except BackendError:
            continue
        pause = max(_PAUSE_S, _REST * (time.monotonic() - began))
