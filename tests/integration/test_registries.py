"""The rules that every registry keeps, whatever its entries are: rows of Odoo's table, or objects of a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from edge_tasks.errors import RegistrationError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.registry.file.local_file import LocalFile
from edge_tasks.registry.file.registry import FileRegistry
from edge_tasks.registry.odoo.registry import OdooRegistry
from edge_tasks.registry.odoo.server import Database
from edge_tasks.registry.protocol import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from edge_tasks.registry.protocol import Registration, Registry
    from edge_tasks.runtimes.embedded.postgres_server import PostgresServer

FLEET = Fleet("fleet-1", bytes(range(32)), 2, reserve=1)


class World(Protocol):
    """Where entries are, as somebody else sees it."""

    def registry(self, fleet: Fleet) -> Registry[Any]:
        """The registry of a fleet there."""

    def put(self, name: str, apikey: str, comment: str) -> None:
        """Add an entry as somebody else would."""

    def in_use(self) -> set[str]:
        """The names of the entries that people see, without those in reserve."""


@dataclass
class Table:
    """Odoo's device table in a real PostgreSQL."""

    database: Database
    connection: psycopg.Connection[Any]

    def registry(self, fleet: Fleet) -> OdooRegistry:
        return OdooRegistry(self.database, fleet)

    def put(self, name: str, apikey: str, comment: str) -> None:
        values = (name, apikey, comment)
        self.connection.execute("INSERT INTO openems_device (name, apikey, comment) VALUES (%s, %s, %s)", values)

    def in_use(self) -> set[str]:
        return {name for (name,) in self.connection.execute("SELECT name FROM openems_device WHERE active")}


@dataclass
class File:
    """A ``metadata.json``, whose reserve people see as well."""

    path: Path
    last: Fleet = FLEET

    def registry(self, fleet: Fleet) -> FileRegistry:
        self.last = fleet
        return FileRegistry(LocalFile(self.path), fleet)

    def put(self, name: str, apikey: str, comment: str) -> None:
        document = json.loads(self.path.read_text()) if self.path.exists() else {"edges": {}}
        document["edges"][name] = {"apikey": apikey, "comment": comment}
        self.path.write_text(json.dumps(document))

    def in_use(self) -> set[str]:
        entries = json.loads(self.path.read_text())["edges"]
        reserve = {edge.name for edge in self.last.reserved}
        return set(entries) - reserve


@pytest.fixture(params=["table", "file"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """An empty registry of each kind."""
    if request.param == "file":
        return File(tmp_path / "metadata.json")
    server: PostgresServer = request.getfixturevalue("postgres")
    connection = request.getfixturevalue("device_table")
    return Table(Database("127.0.0.1", server.port, server.user, server.password), connection)


@pytest.fixture
def apply(world: World) -> Callable[..., Registration[Any]]:
    """Bring the registry to a fleet; what was planned for that."""

    def applied(fleet: Fleet = FLEET, *, adopt: bool = False) -> Registration[Any]:
        registry = world.registry(fleet)
        planned = registry.find(adopt=adopt)
        registry.write(planned, lambda _done: None)
        assert registry.find(adopt=False).is_empty
        return planned

    return applied


def test_a_new_fleet_is_added_with_its_reserve_and_then_nothing_is_left_to_do(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    planned = apply()
    assert (planned.added, planned.reserve_added) == (("edge0", "edge1"), ("edge2",))
    assert world.in_use() == {"edge0", "edge1"}
    again = world.registry(FLEET).find(adopt=False)
    assert (again.is_empty, again.kept, again.reserved) == (True, 2, 1)


def test_a_backend_that_starts_now_reads_fleet_and_reserve_with_their_keys(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    apply()
    keys = {edge.name: fingerprint(edge.apikey) for edge in (*FLEET.edges, *FLEET.reserved)}
    assert world.registry(FLEET).fingerprints() == keys


def test_a_fleet_that_grows_within_its_reserve_needs_no_new_key_for_it(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    apply()
    planned = apply(replace(FLEET, size=3))
    assert (planned.added, planned.changed, planned.reserve_added) == ((), (), ("edge3",))
    assert world.in_use() == {"edge0", "edge1", "edge2"}


def test_a_fleet_that_shrinks_and_grows_again_has_its_old_keys(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    apply(replace(FLEET, size=5))
    before = world.registry(FLEET).fingerprints()
    shrunk = apply(replace(FLEET, size=1))
    assert (shrunk.added, shrunk.changed, world.in_use()) == ((), (), {"edge0"})
    apply(replace(FLEET, size=5))
    assert world.registry(FLEET).fingerprints() == before


def test_new_keys_are_written_to_edges_and_reserve(world: World, apply: Callable[..., Registration[Any]]) -> None:
    apply()
    rotated = replace(FLEET, key_generation=1)
    planned = apply(rotated)
    assert (planned.changed, planned.reserve_changed) == (("edge0", "edge1"), ("edge2",))
    assert world.registry(rotated).fingerprints()["edge0"] == fingerprint(rotated.edge(0).apikey)


def test_a_foreign_entry_is_refused_and_taken_over_only_when_that_is_asked_for(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    world.put("edge1", "SOMEONES_KEY", "Miller")
    with pytest.raises(RegistrationError, match=r"edge1 .*Miller") as refused:
        world.registry(FLEET).find(adopt=False)
    assert "SOMEONES_KEY" not in refused.value.message
    assert "--adopt" in refused.value.hint
    assert apply(adopt=True).changed == ("edge1",)
    assert world.registry(FLEET).reports(["edge1"])["edge1"].key_is_own


def test_another_device_with_a_key_of_ours_is_refused_without_telling_it(world: World) -> None:
    world.put("edge99", FLEET.edge(0).apikey, "a copy")
    with pytest.raises(RegistrationError, match=r"edge99 .* has the apikey of edge0") as refused:
        world.registry(FLEET).find(adopt=True)
    assert FLEET.edge(0).apikey not in refused.value.message


def test_a_report_says_whose_key_an_entry_has_and_is_missing_without_an_entry(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    apply()
    theirs = replace(FLEET, key_generation=1)
    assert world.registry(FLEET).reports(["edge0", "edge9"])["edge0"].key_is_own
    assert "edge9" not in world.registry(FLEET).reports(["edge0", "edge9"])
    assert not world.registry(theirs).reports(["edge0"])["edge0"].key_is_own


def test_what_is_removed_is_ours_and_what_others_made_stays(
    world: World, apply: Callable[..., Registration[Any]]
) -> None:
    world.put("edge77", "SOMEONES_KEY", "Miller")
    before = world.registry(FLEET).fingerprints()
    apply()
    assert world.registry(FLEET).remove().startswith("3 ")
    assert world.registry(FLEET).fingerprints() == before
