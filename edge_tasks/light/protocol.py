"""What an edge says and answers, as bytes, and how it takes a closed socket. No I/O; chance is injected.

JSON-RPC 2.0: the edge's data are notifications (no ``id``), the backend's requests are ``authenticatedRpc``
around a payload with an id of its own. A backend waits for an answer without a timeout, so there always is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import orjson

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from edge_tasks.light.channels import Value

Verdict: TypeAlias = Literal["refused", "lost"]
WINDOW: Final = 300_000
"""Ms that an aggregated value stands for."""

_UNHANDLED: Final = 4001
_NO_CLOSE_FRAME: Final = 1006
_REFUSED_WITHIN: Final = 5.0
_LONGEST_WAIT: Final = 30.0
_FREQUENT: Final = ("/State", "/RunFailed", "/GridMode", "/Currency", "/ApplyPowerFailed")


def edge_config(config: Mapping[str, Any]) -> bytes:
    """The ``edgeConfig`` notification; see :mod:`.edge_config` for its params."""
    return _notification("edgeConfig", config)


def timestamped_data(cycle: int, values: Mapping[str, Value]) -> bytes:
    """Channels at a cycle (epoch ms); ``{}`` when none changed."""
    return _notification("timestampedData", {str(cycle): values})


def aggregated_data(window: int, values: Mapping[str, Value]) -> bytes:
    """Channels of the five minutes that begin at ``window`` (epoch ms)."""
    return _notification("aggregatedData", {str(window): values})


def answer(message: str | bytes, config: Mapping[str, Any]) -> bytes | None:
    """The answer to a request; None for what is none (a response, a notification, garbage)."""
    try:
        request = orjson.loads(message)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(request, dict) or "id" not in request or not isinstance(request.get("method"), str):
        return None
    return orjson.dumps({"jsonrpc": "2.0", "id": request["id"], **_outcome(request, config)})


def wait(failures: int, rng: random.Random) -> float:
    """Seconds before the next try, after so many failures in a row (from 1): 0.1-1, then growing to 30."""
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


class Aggregation:
    """Five-minute windows over the changes of channels.

    As in OpenEMS: the maximum of cumulated channels (energies), the most frequent of states and texts, the
    rounded average of other numbers. Only changes cost anything: each value counts for as long as it stood.
    """

    def __init__(self, now: int) -> None:
        self._start = now // WINDOW * WINDOW
        self._current: dict[str, tuple[Value, int]] = {}
        self._stood: dict[str, dict[Value, int]] = {}

    def add(self, now: int, changed: Mapping[str, Value]) -> tuple[int, dict[str, Value]] | None:
        """Take changed channels at epoch ms; the finished window (its start, its values) at a boundary."""
        finished = self._finish(now) if now >= self._start + WINDOW else None
        for channel, value in changed.items():
            self._account(channel, now)
            self._current[channel] = (value, now)
        return finished

    def _finish(self, now: int) -> tuple[int, dict[str, Value]]:
        start, end = self._start, self._start + WINDOW
        for channel in self._current:
            self._account(channel, end)
        values = {channel: _aggregate(channel, stood) for channel, stood in self._stood.items()}
        self._start = now // WINDOW * WINDOW
        self._stood = {}
        self._current = {key: (value, self._start) for key, (value, _) in self._current.items()}
        return start, values

    def _account(self, channel: str, until: int) -> None:
        if channel in self._current:
            value, since = self._current[channel]
            stood = self._stood.setdefault(channel, {})
            stood[value] = stood.get(value, 0) + max(0, until - since)


def _aggregate(channel: str, stood: Mapping[Value, int]) -> Value:
    numbers = {value: span for value, span in stood.items() if isinstance(value, int)}
    if channel.endswith("Energy") or "EnergyL" in channel:
        return max(numbers, default=None)
    total = sum(numbers.values())
    if channel.endswith(_FREQUENT) or not total:
        return max(stood, key=lambda value: stood[value])
    return round(sum(value * span for value, span in numbers.items()) / total)


def _outcome(request: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    params = request.get("params")
    payload = params.get("payload") if isinstance(params, dict) else None
    if request["method"] != "authenticatedRpc" or not isinstance(payload, dict):
        return _unhandled(request["method"])
    method = payload.get("method")
    if method not in ("getEdgeConfig", "subscribeSystemLog"):
        return _unhandled(method)
    result = config if method == "getEdgeConfig" else {}
    return {"result": {"payload": {"jsonrpc": "2.0", "id": payload.get("id"), "result": result}}}


def _unhandled(method: object) -> dict[str, Any]:
    message = "Unhandled JSON-RPC method"
    return {"error": {"code": _UNHANDLED, "message": f"{message} [{method}]", "data": [str(method)]}}


def _notification(method: str, params: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"jsonrpc": "2.0", "method": method, "params": params})
