from __future__ import annotations

import pytest

from edge_tasks.openems.backend_address import backend_address


@pytest.mark.parametrize(
    ("text", "host", "port", "is_secure"),
    [
        ("wss://backend.example.org", "backend.example.org", 443, True),
        (" wss://backend.example.org:8443/edges ", "backend.example.org", 8443, True),
        ("ws://10.0.0.1", "10.0.0.1", 80, False),
        ("ws://[::1]:8081", "::1", 8081, False),
    ],
)
def test_an_address_has_a_host_and_a_port(text: str, host: str, port: int, is_secure: bool) -> None:  # noqa: FBT001 - an expected figure
    found = backend_address(text)
    assert found is not None
    assert (found.uri, found.host, found.port, found.is_secure) == (text.strip(), host, port, is_secure)


@pytest.mark.parametrize(
    "text",
    [
        *("", "host", "host:8081", "https://host", "wss://", "ws://host:x", "ws://host:99999", "wss://u:p@host"),
        *("wss://[::1", "wss://a..b", f"wss://{'a' * 64}.org", "wss://\udcff"),
    ],
)
def test_anything_else_is_none_and_neither_is_one_with_a_password(text: str) -> None:
    assert backend_address(text) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("localhost", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("backend", False),
    ],
)
def test_only_an_address_of_this_machine_is_loopback(host: str, expected: bool) -> None:  # noqa: FBT001 - as above
    found = backend_address(f"ws://{host}:1")
    assert found is not None
    assert found.is_loopback is expected
