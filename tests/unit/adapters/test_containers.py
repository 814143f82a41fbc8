from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge_tasks.adapters.containers import container_of
from tests.containers import RUNNING

OURS = replace(RUNNING, id=Path("/proc/self/cgroup").read_text().strip().splitlines()[-1], pid=os.getpid())


def test_a_container_fits_when_it_runs_with_one_of_the_digests_and_the_image() -> None:
    assert OURS.fits({"abc", "def"}, "sha256:1")
    assert OURS.fits(None, None)
    assert not OURS.fits({"def"}, "sha256:1")
    assert not OURS.fits({"abc"}, "sha256:2")
    assert not replace(OURS, state="exited").fits({"abc"}, "sha256:1")


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_connected_address_is_seen_in_the_kernels_list(family: socket.AddressFamily) -> None:
    dual = family == socket.AF_INET6
    with socket.create_server(("", 0), family=family, dualstack_ipv6=dual) as server:
        port = server.getsockname()[1]
        assert OURS.peers(port) == frozenset()
        with socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.7", 0)):
            assert OURS.peers(port) == frozenset({"127.0.0.7"})


def test_an_address_of_ipv6_is_read_as_it_is_written() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("::1", port))
        assert OURS.peers(port) == frozenset({"::1"})
        client.close()


def test_a_process_that_is_not_the_containers_tells_nothing() -> None:
    assert replace(OURS, id="another").peers(8081) is None
    assert replace(OURS, pid=0).peers(8081) is None


def test_where_a_container_is_and_what_outlives_it() -> None:
    entry: dict[str, Any] = {
        "Id": "1",
        "Name": "/influxdb",
        "Image": "sha256:1",
        "Config": {},
        "State": {"Status": "running", "StartedAt": "2026-11-26T03:40:12Z"},
        "NetworkSettings": {"Networks": {"p_default": {"IPAddress": "172.18.0.3", "Gateway": "172.18.0.1"}}},
        "Mounts": [
            {"Type": "volume", "Name": "p_points", "Destination": "/var/lib/influxdb"},
            {"Type": "volume", "Name": "0123456789abcdef" * 4, "Destination": "/unnamed"},
            {"Type": "bind", "Source": "/home", "Destination": "/home"},
            {"Type": "tmpfs", "Destination": "/run"},
        ],
    }
    found = container_of(entry)
    assert found is not None
    assert found.addresses == {"172.18.0.3"}
    assert found.gateways == {"172.18.0.1"}
    assert found.mounts == {"/var/lib/influxdb", "/home"}


@pytest.mark.parametrize("label", [{"com.docker.compose.oneoff": "True"}, {"com.docker.swarm.task.id": "q93g"}])
def test_what_a_swarm_made_of_an_image_of_compose_is_no_container_of_its_service(label: dict[str, str]) -> None:
    labels = {"com.docker.compose.project": "platform", "com.docker.compose.service": "openems-edge"}
    entry = {
        "Id": "1",
        "Name": "/platform-openems-edge-1",
        "Image": "sha256:1",
        "Config": {"Labels": labels},
        "State": {"Status": "running", "StartedAt": "2026-11-26T12:00:00Z"},
    }
    assert container_of(entry) is not None
    assert container_of({**entry, "Config": {"Labels": {**labels, **label}}}) is None
