"""The backend's B2B REST API: who is online, and what they measure."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_BATCH: Final = 500
_NO_PROXY: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The backend is on this machine; a proxy of the environment is not to be asked."""


class BackendError(Exception):
    """The backend did not answer, or refused the call; the text says which."""


@dataclass(frozen=True)
class BackendApi:
    """The REST API (port 8075) and the Felix console (port 8079) of a backend, as an Odoo user."""

    rest: str
    console: str
    user: str
    password: str = field(repr=False)

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        """``getEdgesStatus``; an edge that the backend does not know or show is absent.

        Raises:
            BackendError: the backend does not answer, or refuses the login.
        """
        answers = self._asked("getEdgesStatus", "edgeIds", names, {})
        return {name: bool(answer.get("online")) for name, answer in answers.items()}

    def values(self, names: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, Any]]:
        """``getEdgesChannelsValues``; an edge that the backend does not know or show is absent.

        Raises:
            BackendError: as for :meth:`online`.
        """
        return self._asked("getEdgesChannelsValues", "ids", names, {"channels": list(channels)})

    def read_devices_again(self) -> None:
        """Re-activate ``Metadata.Odoo``: the backend reads its devices, and drops every edge for a moment.

        Raises:
            BackendError: it did not.
        """
        url = f"{self.console}/system/console/configMgr/Metadata.Odoo"
        self._post(url, b"apply=true&action=ajaxConfigManager", "application/x-www-form-urlencoded")

    def _asked(
        self, method: str, key: str, names: Sequence[str], params: dict[str, Any]
    ) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        batches = [list(names[start : start + _BATCH]) for start in range(0, len(names), _BATCH)]
        while batches:
            batch = batches.pop()
            answer = self._call(method, {key: batch, **params})
            if "result" in answer:
                found |= answer["result"]
            elif len(batch) > 1:  # one unknown edge fails the whole call, so look in each half
                batches += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        return found

    def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        request = {"jsonrpc": "2.0", "id": str(uuid.uuid4()), "method": method, "params": params}
        body = self._post(f"{self.rest}/jsonrpc", json.dumps(request).encode(), "application/json")
        answer = json.loads(body)
        if not isinstance(answer, dict):
            raise BackendError(f"{self.rest} answered {method} with something else than an object")
        return answer

    def _post(self, url: str, body: bytes, content_type: str) -> bytes:
        login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - an http address that we made ourselves
            url, body, {"Authorization": f"Basic {login}", "Content-Type": content_type}
        )
        try:
            with _NO_PROXY.open(request, timeout=30) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            error.close()
            raise BackendError(f"{url} answered {error.code}: is the login right?") from None
        except OSError as error:
            raise BackendError(f"{url} does not answer: {getattr(error, 'reason', error)}") from None
