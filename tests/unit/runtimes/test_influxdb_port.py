"""When the port of an InfluxDB must be published for what is written there, and when that is refused."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from edge_tasks.runtimes.docker.influxdb_port import InfluxDbPort
from edge_tasks.runtimes.docker.influxdb_volume import is_mounted

if TYPE_CHECKING:
    from edge_tasks.plan import Plan


@dataclass
class Scene:
    """A platform with an InfluxDB."""

    service: str | None = "influxdb"
    image: str = "influxdb:1.8"
    is_running: bool = True
    mounts: frozenset[str] = frozenset({"/var/lib/influxdb"})
    published: int | None = None
    ours: int | None = None
    host_ports: frozenset[int] = frozenset()

    @property
    def plan(self) -> Plan[str]:
        container = SimpleNamespace(is_running=self.is_running, mounts=self.mounts, host_ports=self.host_ports)
        stack: Any = SimpleNamespace(
            influxdb=(self.service, 8086) if self.service else None,
            container=lambda service: container if service == self.service else None,
            project=SimpleNamespace(
                published=lambda *_: self.published, services={"influxdb": {"image": self.image}}
            ),
            reached=SimpleNamespace(of_override=lambda: {("influxdb", 8086): self.ours} if self.ours else {}),
            place=lambda service: f"docker-compose.yml:7, {service}",
        )
        return InfluxDbPort(stack).find()


def test_a_port_that_nobody_publishes_is_published_and_said_what_that_does() -> None:
    plan = Scene().plan
    assert plan.changes == ("publish port 8086 of influxdb on 127.0.0.1, which makes its container anew",)
    assert (plan.details, plan.refusal) == ("influxdb", None)


@pytest.mark.parametrize(
    "scene",
    [
        Scene(published=8086),
        Scene(ours=18086, host_ports=frozenset({18086})),
        Scene(is_running=False),
        Scene(service=None),
    ],
    ids=["published by the platform", "published by us", "not running", "elsewhere"],
)
def test_where_it_is_not_needed_or_does_not_help_nothing_is_planned(scene: Scene) -> None:
    assert (scene.plan.changes, scene.plan.refusal) == ((), None)


def test_a_container_from_before_the_override_was_written_is_made_anew() -> None:
    assert len(Scene(ours=18086).plan.changes) == 1


def test_data_that_would_be_lost_are_refused_with_what_to_type() -> None:
    refusal = Scene(mounts=frozenset({"/etc/influxdb"})).plan.refusal
    assert refusal is not None
    assert refusal.exit_code == 2
    assert refusal.message.startswith("docker-compose.yml:7, influxdb: its port cannot be published")
    assert "a volume at /var/lib/influxdb, or ports: ['127.0.0.1:8086:8086']" in refusal.hint


@pytest.mark.parametrize(
    ("image", "folders"),
    [
        ("influxdb:2.7", "/var/lib/influxdb2"),
        ("influxdb:latest", "/var/lib/influxdb or /var/lib/influxdb2"),
    ],
)
def test_the_volume_that_is_lacking_is_where_this_version_has_its_data(image: str, folders: str) -> None:
    refusal = Scene(image=image, mounts=frozenset({"/etc/influxdb"})).plan.refusal
    assert refusal is not None
    assert f"a volume at {folders}, or ports" in refusal.hint


@pytest.mark.parametrize(
    ("version", "mounts", "found"),
    [
        ("1.8", ["/var/lib/influxdb"], True),
        ("1.8", ["/etc", "/var/lib"], True),
        ("1.8", ["/var/lib/influxdb2"], False),
        ("1.8", ["/var/lib/influxdb/wal"], False),
        ("1.8", [], False),
        ("2.7", ["/var/lib/influxdb2"], True),
        ("2.7", ["/var/lib/influxdb"], False),
        ("alpine", ["/var/lib/influxdb"], True),
        ("alpine", ["/var/lib/influxdb2"], True),
    ],
)
def test_data_are_in_a_mount_that_has_the_whole_folder(version: str, mounts: list[str], *, found: bool) -> None:
    assert is_mounted({"image": f"influxdb:{version}"}, mounts) is found
