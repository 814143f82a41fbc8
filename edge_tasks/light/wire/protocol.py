"""An edge's messages as bytes, and what it makes of a closed socket. No I/O; chance is injected.

JSON-RPC 2.0: the edge's data are notifications (no ``id``). Channels come as the inside of a JSON object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import orjson

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

Verdict: TypeAlias = Literal["refused", "lost"]

_UNCHANGED: Final = b'{"jsonrpc":"2.0","method":"timestampedData","params":{}}'
_NO_CLOSE_FRAME: Final = 1006
_REFUSED_WITHIN: Final = 5.0
_LONGEST_WAIT: Final = 30.0


def edge_config(config: Mapping[str, object]) -> bytes:
    """The ``edgeConfig`` notification; see :mod:`.edge_config` for its params."""
    return orjson.dumps({"jsonrpc": "2.0", "method": "edgeConfig", "params": config})


def timestamped_data(cycle: int, channels: bytes) -> bytes:
    """Channels at a cycle (epoch ms); nothing, not even the cycle, when none changed."""
    if not channels:
        return _UNCHANGED
    return b'{"jsonrpc":"2.0","method":"timestampedData","params":{"%d":{%b}}}' % (cycle, channels)


def aggregated_data(window: int, channels: bytes) -> bytes:
    """Channels of the five minutes that begin at ``window`` (epoch ms)."""
    return b'{"jsonrpc":"2.0","method":"aggregatedData","params":{"%d":{%b}}}' % (window, channels)


def resend_data(window: int, channels: bytes) -> bytes:
    """Channels of five minutes in which the backend heard nothing."""
    return b'{"jsonrpc":"2.0","method":"resendData","params":{"%d":{%b}}}' % (window, channels)


def first_request(number: str) -> bytes:
    """What an edge asks when it has connected: a method that no backend's app centre knows.

    The error that comes back shows how long the messages before it had to wait. What a real edge asks there
    (``getInstalledApps``) would make the backend log in to Odoo, for half a second an edge.

    Args:
        number: a UUID; the backend takes no other ids.
    """
    payload = {"jsonrpc": "2.0", "method": "ping", "params": {}, "id": number}
    return orjson.dumps({"jsonrpc": "2.0", "method": "appCenter", "params": {"payload": payload}, "id": number})


def system_log(time: str, source: str, message: str) -> bytes:
    """A line of the edge's log.

    Args:
        time: ISO 8601, as ``2026-11-23T22:08:54.123``.
        source: the logger.
        message: the line.
    """
    line = {"time": time, "level": "INFO", "source": source, "message": message}
    return orjson.dumps({"jsonrpc": "2.0", "method": "systemLog", "params": {"line": line}})


def wait(failures: int, rng: random.Random) -> float:
    """The seconds before the next try, after so many failures in a row (from 1): 0.1-1, then growing to 30."""
    if failures <= 1:
        return rng.uniform(0.1, 1.0)
    longest = min(_LONGEST_WAIT, 2.0 ** min(failures - 1, 10))
    return rng.uniform(longest / 2, longest)


def verdict(open_for: float, close_code: int | None) -> Verdict:
    """What a closed socket means: a backend drops a wrong key soon after the upgrade, without a close frame.

    Args:
        open_for: seconds since the upgrade.
        close_code: of the close frame; 1006 or None when there was none.
    """
    dropped = close_code in (None, _NO_CLOSE_FRAME)
    return "refused" if dropped and open_for <= _REFUSED_WITHIN else "lost"
