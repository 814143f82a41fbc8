"""The platform by itself, without our docker runtime: what the stand-ins are is what the real ones are."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

KEY_OF_DEMO = "DEMO_API_KEY"
ADMIN = "odoo admin"


def compose(platform: Any, *arguments: str) -> str:
    folder = str(platform.path)
    return str(platform.docker("compose", "--project-directory", folder, "-p", platform.project, *arguments))


def inside(platform: Any, service: str, program: str) -> Any:
    """What a Python program prints in a container, as JSON."""
    return json.loads(compose(platform, "exec", "-T", service, "python3", "-c", program))


def status(platform: Any, name: str) -> dict[str, Any]:
    """``getEdgesStatus``, asked from inside the network, as nobody publishes the port."""
    found: dict[str, Any] = inside(
        platform,
        "odoo16",
        "import base64, json, urllib.request, uuid\n"
        f"login = base64.b64encode({f'admin:{ADMIN}'!r}.encode()).decode()\n"
        "call = {'jsonrpc': '2.0', 'id': str(uuid.uuid4()), 'method': 'getEdgesStatus',"
        f" 'params': {{'edgeIds': [{name!r}]}}}}\n"
        "request = urllib.request.Request('http://openems-backend:8075/jsonrpc', json.dumps(call).encode(),"
        " {'Authorization': f'Basic {login}'})\n"
        "print(urllib.request.urlopen(request, timeout=10).read().decode())",
    )
    return found


def set_password(platform: Any) -> Any:
    return inside(
        platform,
        "odoo16",
        "import json, xmlrpc.client\n"
        "odoo = xmlrpc.client.ServerProxy('http://localhost:8069/xmlrpc/2/object')\n"
        f"call = 'openems', 2, 'admin', 'res.users', 'write', [[1, 2], {{'password': {ADMIN!r}}}]\n"
        "print(json.dumps(odoo.execute_kw(*call)))",
    )


def start_backend(platform: Any) -> None:
    """And wait until it answers, be it with a refusal."""
    compose(platform, "up", "-d", "openems-backend")
    inside(
        platform,
        "odoo16",
        "import socket, time\n"
        "deadline = time.monotonic() + 100\n"
        "while time.monotonic() < deadline:\n"
        "    if not socket.socket().connect_ex(('openems-backend', 8075)):\n"
        "        break\n"
        "    time.sleep(0.1)\n"
        "print('null')",
    )


def until_online(platform: Any, name: str, seconds: float) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    found = status(platform, name)
    while found.get("result") != {name: {"online": True}} and time.monotonic() < deadline:
        time.sleep(0.5)
        found = status(platform, name)
    return found


@pytest.fixture
def stack(platform: Any) -> Any:
    """Odoo, initialised with demo data, and no backend yet."""
    compose(platform, "build", "-q")
    compose(platform, "up", "-d", "odoo16")
    command = ("odoo", "-d", "openems", "-i", "openems", "--stop-after-init")
    compose(platform, "run", "--rm", "-T", "--no-deps", "odoo16", *command)
    return platform


def test_the_platforms_own_edge_comes_online_with_demo_data(stack: Any) -> None:
    mount = "{openems-edge: {volumes: ['./openems-edge/config.d:/etc/openems.d']}}"
    (stack.path / "docker-compose.override.yml").write_text(f"services: {mount}\n")
    assert set_password(stack) is True
    start_backend(stack)
    compose(stack, "up", "-d", "openems-edge")
    assert until_online(stack, "edge0", 100)["result"] == {"edge0": {"online": True}}


def test_a_row_written_after_the_backend_has_started_is_not_known_to_it(stack: Any) -> None:
    set_password(stack)
    start_backend(stack)
    assert status(stack, "edge0")["result"] == {"edge0": {"online": False}}
    insert = (
        "import os, psycopg\n"
        "with psycopg.connect('host=db user=odoo dbname=openems', password=os.environ['PASSWORD']) as ours:\n"
        "    ours.execute(\"INSERT INTO openems_device (name, apikey, active) VALUES ('edge1', 'x', true)\")\n"
        "print('null')"
    )
    inside(stack, "odoo16", insert)
    assert "Unable to find edge" in json.dumps(status(stack, "edge1"))
    compose(stack, "stop", "-t", "3", "openems-backend")
    start_backend(stack)
    assert status(stack, "edge1")["result"] == {"edge1": {"online": False}}


def test_a_backend_lets_in_whom_odoo_lets_in(stack: Any) -> None:
    start_backend(stack)
    with pytest.raises(AssertionError, match="HTTP Error 500"):
        status(stack, "edge0")  # Odoo's admin still has his first password
    set_password(stack)
    assert "result" in status(stack, "edge0")
