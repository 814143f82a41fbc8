"""A client of the backend's B2B REST API as a billing engine has one: five calls, and nothing of this project.

Run it by itself to see the bills of an edge::

    python tests/billing_client.py http://127.0.0.1:8075 admin:PASSWORD edge0 2025-10-01 2025-10-31 Europe/Berlin
"""

from __future__ import annotations

import base64
import json
import re
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

CONSUMES = re.compile(r"consum\w*|load|household|house", re.IGNORECASE)
TIMEOUT = 60.0


class RefusedError(Exception):
    """The backend answered with an error; the text is its own."""


@dataclass(frozen=True)
class BillingClient:
    """Asks one backend.

    Attributes:
        url: where its REST API is, without ``/jsonrpc``.
        login: user and password with a colon between them.
    """

    url: str
    login: str = field(repr=False)

    def online(self, edges: Sequence[str]) -> dict[str, bool]:
        """Which edges are online."""
        found = self._call("getEdgesStatus", edgeIds=list(edges))
        return {edge: bool(status["online"]) for edge, status in found.items()}

    def values(self, edges: Sequence[str], channels: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the edges measure now."""
        return self._call("getEdgesChannelsValues", ids=list(edges), channels=list(channels))

    def meters(self, edge: str) -> dict[str, str]:
        """The meters of households, by their ids: those whose alias or factory says that they consume."""
        components = self.ask(edge, "getEdgeConfig")["components"]
        named = {
            name: (str(one.get("alias", "")), str(one.get("factoryId", ""))) for name, one in components.items()
        }
        return {
            name: alias
            for name, (alias, factory) in named.items()
            if name.startswith("meter") and (CONSUMES.search(alias) or "NRCMeter" in factory)
        }

    def energy(
        self, edge: str, days: tuple[str, str], channels: Sequence[str], zone: str = "UTC"
    ) -> dict[str, float | None]:
        """A bill: Wh of each channel from one day to another, both included; None is no meter reading."""
        params = {"fromDate": days[0], "toDate": days[1], "channels": list(channels), "timezone": zone}
        data: dict[str, float | None] = self.ask(edge, "queryHistoricTimeseriesEnergy", **params)["data"]
        return data

    def periods(
        self, edge: str, days: tuple[str, str], channels: Sequence[str], zone: str = "UTC", unit: str = "Days"
    ) -> tuple[list[str], dict[str, list[float | None]]]:
        """Wh of each day (or month): the days as they begin, and the values of each channel."""
        params = {"fromDate": days[0], "toDate": days[1], "channels": list(channels), "timezone": zone}
        resolution = {"value": 1, "unit": unit}
        found = self.ask(edge, "queryHistoricTimeseriesEnergyPerPeriod", **params, resolution=resolution)
        return [str(text)[:10] for text in found["timestamps"]], found["data"]

    def ask(self, edge: str, method: str, **params: Any) -> Any:
        """Ask about one edge."""
        payload = {"jsonrpc": "2.0", "id": str(uuid.uuid4()), "method": method, "params": params}
        return self._call("edgeRpc", edgeId=edge, payload=payload)["payload"]["result"]

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        call = {"jsonrpc": "2.0", "id": str(uuid.uuid4()), "method": method, "params": params}
        login = base64.b64encode(self.login.encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/jsonrpc", json.dumps(call).encode(), headers)  # noqa: S310 - the caller's URL
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - as above
                answer = json.loads(response.read())
        except urllib.error.HTTPError as error:  # later releases answer an error with 400
            answer = _error_of(error)
        if "error" in answer:
            raise RefusedError(answer["error"]["message"])
        result: dict[str, Any] = answer["result"]
        return result


def _error_of(error: urllib.error.HTTPError) -> dict[str, Any]:
    text = error.read()
    try:
        return dict(json.loads(text))
    except ValueError:
        raise RefusedError(f"HTTP {error.code}: {text.decode(errors='replace')[:200]}") from None


def main(url: str, login: str, edge: str, *days_and_zone: str) -> None:
    """Print the bill of each household of an edge."""
    client = BillingClient(url, login)
    meters = client.meters(edge)
    channels = [f"{meter}/ActiveConsumptionEnergy" for meter in meters]
    first, last, zone = days_and_zone
    found = client.energy(edge, (first, last), channels, zone)
    for meter, alias in meters.items():
        energy = found[f"{meter}/ActiveConsumptionEnergy"]
        sys.stdout.write(f"{meter} ({alias}): {'no meter reading' if energy is None else f'{energy} Wh'}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
