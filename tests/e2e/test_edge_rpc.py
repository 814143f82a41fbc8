"""What a B2B client sets on a light edge, through the stand-in backend, is what it then measures there."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import Any

from tests.waiting import LONG_S, await_that

CHANNEL = "meter1/ActivePower"


class Client:
    """A caller of the B2B REST API."""

    def __init__(self, platform: Any) -> None:
        words = (platform.path / ".edge-tasks" / "netrc").read_text().split()
        login = f"{words[words.index('login') + 1]}:{words[words.index('password') + 1]}"
        self._headers = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
        self._url = f"http://127.0.0.1:{8075 + platform.offset}/jsonrpc"

    def call(self, method: str, **params: Any) -> Any:
        body = json.dumps({"method": method, "params": params}).encode()
        request = urllib.request.Request(self._url, body, self._headers)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=LONG_S) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read())

    def ask(self, method: str, **params: Any) -> Any:
        return self.call("edgeRpc", edgeId="edge0", payload={"method": method, "params": params})

    def power(self) -> Any:
        return self.call("getEdgesChannelsValues", ids=["edge0"], channels=[CHANNEL])["result"]["edge0"][CHANNEL]


def test_the_sun_that_a_client_sets_is_seen_and_the_stored_configuration_follows(platform: Any) -> None:
    made = platform.inv("setup", "--edges", "0", "--light-edges", "1")
    assert made.returncode == 0, made.stdout
    client = Client(platform)
    assert client.power() == 3000
    properties = [{"name": "values", "value": [4000]}]
    answer = client.ask("updateComponentConfig", componentId="datasource1", properties=properties)
    assert answer["result"]["payload"]["result"] == {}
    await_that(lambda: client.power() == 4000)

    def stored() -> Any:
        config = client.ask("getEdgeConfig")["result"]["payload"]["result"]
        return config["components"]["datasource1"]["properties"]["values"]

    await_that(lambda: stored() == [4000])
    refused = client.ask("strangeMethod")
    assert refused["error"]["message"] == 'Endpoint with method "strangeMethod" is not defined!'
