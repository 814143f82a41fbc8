"""The backend's B2B REST API: which edges are online, and what they measure."""

from __future__ import annotations

import base64
import http.client
import json
import random
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from edge_tasks.errors import BackendError, BackendHangs
from edge_tasks.proof.edge_configs import EdgeConfigs
from edge_tasks.proof.turns import Turns

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

_FIRST: Final = 100
"""How many edges are asked for first; the time that takes shows whether the backend knows the user's roles."""
_SLOW_S: Final = 1.0
_SLOW_BATCH: Final = 1000
"""How many edges a backend that asks Odoo for each answers well before :data:`_TIMEOUT_S`."""
_ALIVE_S: Final = 5.0
"""How long a program may take to answer a request that asks for nothing."""
_TIMEOUT_S: Final = 30.0
_SMALL_TIMEOUT_S: Final = 10.0
"""The same for no more than :data:`_FIRST` edges, and for one question."""
_NO_RESULT: Final = "Result is null"
"""How OpenEMS ends the error of a question about history that has no answer."""
_OF_A_WRONG_LOGIN: Final = (401, 403, 500)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer. If it were followed, the login would be sent to a place that nobody has named."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


_NO_PROXY: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
"""For a backend on this machine: a proxy from the environment must not be used."""


def opener_trusting(context: ssl.SSLContext) -> urllib.request.OpenerDirector:
    """How a backend elsewhere is reached: with the certificates that are believed, and by a proxy if need be."""
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirect)


@dataclass(frozen=True)
class BackendApi:
    """The REST API (port 8075) of a backend.

    Attributes:
        rest: e.g. ``http://127.0.0.1:8075``.
        user: of Odoo.
        password: of that user.
        ui: the websocket of the backend's UI, e.g. ``ws://127.0.0.1:8082``; empty where it is not reached.
        source: which password that is, for people.
        remedy: what to type if it refuses the login.
        configs: what was asked of it about the components of edges.
        knows_all: it knows its devices before they come; otherwise one that it does not know is offline.
        opener: how it is reached.
    """

    says: ClassVar[str] = "the backend"
    remark: ClassVar[str] = ""
    is_late: ClassVar[bool] = False
    sees_values: ClassVar[bool] = True

    rest: str
    user: str
    password: str = field(repr=False)
    ui: str = ""
    source: str = "the backend's odooPassword"
    remedy: str = "inv odoo-init, or give Odoo's user admin that password"
    knows_all: bool = True
    configs: EdgeConfigs = field(default_factory=EdgeConfigs, repr=False, compare=False)
    opener: urllib.request.OpenerDirector = field(default=_NO_PROXY, repr=False, compare=False)
    _turns: Turns = field(default_factory=Turns, init=False, repr=False, compare=False)

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """``getEdgesStatus``; an edge that the backend does not know or show is absent.

        Raises:
            BackendError: the backend does not answer, or refuses the login.
        """
        first = frozenset(random.sample(names, min(_FIRST, len(names))))
        began = time.monotonic()
        answers = self._statuses([name for name in names if name in first])
        if rest := [name for name in names if name not in first]:
            is_slow = time.monotonic() - began > _SLOW_S
            if is_slow and self.ui:
                self._introduce()
            answers |= self._statuses(rest, _SLOW_BATCH if is_slow and not self.ui else len(rest))
        found = {name: bool(answer.get("online")) for name, answer in answers.items()}
        return found if self.knows_all else {**dict.fromkeys(names, False), **found}

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, object]]:
        """``getEdgesChannelsValues`` of edges that :meth:`online` has named; one that is unknown now is absent.

        Raises:
            BackendError: as for :meth:`online`.
        """
        if not names or not channels:
            return {}
        return self._asked("getEdgesChannelsValues", "ids", [list(names)], {"channels": list(channels)})

    def components(self, names: Sequence[str]) -> dict[str, frozenset[str]]:
        """``getEdgeConfig`` of each edge; one of which the backend has none is absent."""
        return self.configs.of(names, self._components)

    def _components(self, name: str) -> frozenset[str] | None:
        try:
            config = self.ask_edge(name, "getEdgeConfig", {}) or {}
        except BackendError:
            return None
        return frozenset(config.get("components") or ()) or None

    def ask_edge(self, name: str, method: str, params: Mapping[str, object]) -> dict[str, Any] | None:
        """What the backend answers about an edge (``edgeRpc``); None if it has no result.

        Raises:
            BackendError: as for :meth:`online`, or it answers with another error.
        """
        payload = {"jsonrpc": "2.0", "id": str(uuid.uuid4()), "method": method, "params": dict(params)}
        try:
            answer = self._call("edgeRpc", {"edgeId": name, "payload": payload})
        except BackendError as error:
            if error.code == http.HTTPStatus.BAD_REQUEST:  # since 2025.6; the answer is the same
                return None
            raise
        if "result" in answer:
            found: dict[str, Any] = answer["result"]["payload"]["result"]
            return found
        said = str(answer.get("error", {}).get("message", answer))
        if _NO_RESULT in said:
            return None
        raise BackendError(f"{self.rest} answers to {method} of {name}: {said}", hint="inv verify")

    def post(self, url: str, body: bytes, content_type: str, timeout_s: float = _TIMEOUT_S) -> bytes:
        """What the backend answers at any of its addresses, asked as the user.

        Raises:
            BackendHangs: it did not answer this call, but answers others.
            BackendError: it does not answer, or refuses; with the code of HTTP.
        """
        basic = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - an http address that we made ourselves
            url, body, {"Authorization": f"Basic {basic}", "Content-Type": content_type}
        )
        try:
            with self.opener.open(request, timeout=timeout_s) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            error.close()
            raise self._refusal(url, error) from None
        except TimeoutError:
            kind = BackendHangs if self._is_alive(url) else BackendError
            raise kind(f"{url} does not answer within {timeout_s:.0f} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise BackendError(f"{url} does not answer: {getattr(error, 'reason', error)}") from None

    def _is_alive(self, url: str) -> bool:
        """Whether a program answers there at all: one that is paused, or hangs as a whole, does not."""
        try:
            self.opener.open(url, timeout=_ALIVE_S).close()
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, http.client.HTTPException):
            return False
        return True

    @staticmethod
    def opens_websockets(port: int) -> bool:
        """Whether a port of this machine takes websockets: a request that opens none is refused there.

        An opening would prove less: without an apikey a real backend drops it, and in a third of the cases before
        its answer is sent (measured on 2024.7.0).
        """
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SMALL_TIMEOUT_S)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status >= http.HTTPStatus.BAD_REQUEST
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _statuses(self, names: list[str], most: int = _FIRST) -> dict[str, dict[str, object]]:
        batches = [names[start : start + most] for start in range(0, len(names), most)] or [names]
        return self._asked("getEdgesStatus", "edgeIds", batches, {})

    def _asked(
        self, method: str, key: str, batches: list[list[str]], params: dict[str, object]
    ) -> dict[str, dict[str, object]]:
        """What a call for each batch answers; one that is refused, or takes too long, is asked for in halves."""
        found: dict[str, dict[str, object]] = {}
        while batches:
            batch = batches.pop()
            timeout_s = _SMALL_TIMEOUT_S if len(batch) <= _FIRST else _TIMEOUT_S
            try:
                answer = self._call(method, {key: batch, **params}, timeout_s)
            except BackendHangs:
                if len(batch) <= _FIRST:
                    raise
                answer = {}
            except BackendError as error:  # since 2025.6; 200 before, and the answer is the same
                if error.code != http.HTTPStatus.BAD_REQUEST:
                    raise
                answer = {}
            if "result" in answer:
                found |= answer["result"]
            elif len(batch) > 1:  # one unknown edge fails the whole call
                batches += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        return found

    def _refusal(self, url: str, answer: urllib.error.HTTPError) -> BackendError:
        """The error for an HTTP status. A wrong login is a 500 of a real backend, a 401 of our stand-in."""
        code = answer.code
        if place := answer.headers.get("Location"):
            return BackendError(
                f"{url} answered {code}: it leads to {place!r}, and no login is sent there",
                hint="name the REST API by its own address",
                code=code,
            )
        if code not in _OF_A_WRONG_LOGIN:
            return BackendError(f"{url} answered {code}", code=code)
        return BackendError(
            f"{url} answered {code}: it does not accept {self.user} with {self.source}, or it cannot reach Odoo",
            hint=self.remedy,
            code=code,
        )

    def _introduce(self) -> None:
        """Make the backend learn this user's role for each edge, one page at a time."""
        from edge_tasks.proof import ui_api  # noqa: PLC0415 - websockets take long to import

        ui_api.introduce(self.ui, self.user, self.password)

    def _call(self, method: str, params: dict[str, object], timeout_s: float = _TIMEOUT_S) -> dict[str, Any]:
        request = {"jsonrpc": "2.0", "id": str(uuid.uuid4()), "method": method, "params": params}
        url, text = f"{self.rest}/jsonrpc", json.dumps(request).encode()
        body = self._turns.take(lambda: self.post(url, text, "application/json", timeout_s))
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise BackendError(
                f"{self.rest} is not a B2B REST API: it did not answer {method} with a JSON object"
            )
        return answer
