from __future__ import annotations

from edge_tasks.runtimes.address import Address, lines_of

ADDRESSES = (
    Address("backend", "http://127.0.0.1:8075/jsonrpc", "B2B REST"),
    Address("backend", "ws://127.0.0.1:8081", "edges", remark="a stand-in"),
    Address("database", "postgresql://odoo@127.0.0.1:15432/openems"),
)


def test_people_read_all_addresses_of_one_thing_in_one_line() -> None:
    assert list(lines_of(ADDRESSES)) == [
        ("backend", "http://127.0.0.1:8075/jsonrpc (B2B REST), ws://127.0.0.1:8081 (edges); a stand-in"),
        ("database", "postgresql://odoo@127.0.0.1:15432/openems"),
    ]


def test_a_program_gets_each_address_bare_and_what_is_there_beside_it() -> None:
    assert ADDRESSES[1].entry == {"of": "backend", "address": "ws://127.0.0.1:8081", "what": "edges"}
    assert ADDRESSES[2].entry["what"] == ""
