from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.adapters.swarm_stack import StackService, StackTask, SwarmStackOfServices
from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from edge_tasks.adapters.docker import Docker

# As docker inspect of 20.10 says it, without what is not read.
SERVICE = {
    "ID": "8n33",
    "Spec": {
        "Name": "edge-tasks-1_openems-edge-0",
        "Labels": {"com.docker.stack.namespace": "edge-tasks-1", "edge-tasks.spec": "048a"},
        "TaskTemplate": {
            "ContainerSpec": {
                "Labels": {"edge-tasks.written": "c90e-1.5"},
                "Secrets": [{"SecretName": "edge-tasks-1-edge0-a8ac"}],
            }
        },
        "Mode": {"Replicated": {"Replicas": 1}},
    },
}
OLD = {
    "ID": "old",
    "CreatedAt": "2026-11-26T12:30:33.322166195Z",
    "ServiceID": "8n33",
    "Slot": 1,
    "NodeID": "mhk6",
    "Status": {
        "Timestamp": "2026-11-26T12:33:56.5Z",
        "State": "failed",
        "Err": "task: non-zero exit (137)",
    },
    "DesiredState": "shutdown",
}
PENDING = {
    "ID": "new",
    "CreatedAt": "2026-11-26T12:34:00Z",
    "ServiceID": "8n33",
    "Slot": 1,
    "Status": {"Timestamp": "2026-11-26T12:34:01Z", "State": "pending", "Err": "no suitable node"},
    "DesiredState": "running",
}
NODES = [
    {
        "Description": {"Resources": {"NanoCPUs": cores * 10**9}},
        "Status": {"State": state},
        "Spec": {"Availability": availability},
    }
    for cores, state, availability in (
        *((2, "ready", "active"), (6, "ready", "active")),
        *((4, "ready", "drain"), (8, "down", "active")),
    )
]


@dataclass
class Manager:
    """An engine that says these, and some times that one of them has just gone."""

    services: list[Any] = field(default_factory=lambda: [SERVICE])
    goes: int = 0
    service_goes: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *arguments: str) -> str:
        self.asked.append(arguments[:2])
        if arguments[:2] == ("inspect", "--type"):
            return self._inspected(arguments[2])
        if arguments[:2] == ("service", "ps") and self.service_goes:
            self.services = []
            raise CommandFailed("no such service: 8n33")
        said = {
            ("service", "ls"): "\n".join(one["ID"] for one in self.services),
            ("service", "ps"): "old\nnew\n",
            ("node", "ls"): "mhk6 et-jvm-0\nrztr et-jvm-1\n",
        }
        return said[arguments[0], arguments[1]]

    def _inspected(self, kind: str) -> str:
        if kind == "task" and self.goes:
            self.goes -= 1
            raise CommandFailed("Error response from daemon: task old not found")
        return json.dumps({"service": self.services, "task": [OLD, PENDING], "node": NODES}[kind])


def stack(manager: Manager) -> SwarmStackOfServices:
    return SwarmStackOfServices(cast("Docker", manager), "edge-tasks-1")


def test_a_service_has_its_short_name_its_labels_and_its_secrets() -> None:
    assert stack(Manager()).services() == (
        StackService(
            "openems-edge-0",
            {"com.docker.stack.namespace": "edge-tasks-1", "edge-tasks.spec": "048a"},
            {"edge-tasks.written": "c90e-1.5"},
            1,
            frozenset({"edge-tasks-1-edge0-a8ac"}),
        ),
    )


def test_tasks_come_newest_first_with_their_nodes_and_one_without_waits_for_it() -> None:
    new, old = stack(Manager()).tasks()
    assert new == StackTask("", "pending", "running", "no suitable node", "1", "openems-edge-0", "new", new.at)
    assert (old.node, old.error, old.at % 1) == ("et-jvm-0", "task: non-zero exit (137)", 0.5)


def test_one_look_at_tasks_asks_once_for_services_and_nodes() -> None:
    manager = Manager()
    stack(manager).tasks()
    assert manager.asked.count(("service", "ls")) == 1
    assert manager.asked.count(("node", "ls")) == 1


def test_nothing_is_asked_of_a_stack_without_services() -> None:
    assert stack(Manager(services=[])).tasks() == ()
    assert stack(Manager(services=[])).services() == ()


def test_a_task_that_goes_while_it_is_looked_at_is_no_failure() -> None:
    assert len(stack(Manager(goes=2)).tasks()) == 2
    with pytest.raises(CommandFailed, match="not found"):
        stack(Manager(goes=3)).tasks()


def test_a_service_that_goes_meanwhile_is_no_failure_either() -> None:
    assert stack(Manager(service_goes=True)).tasks() == ()


def test_only_nodes_that_take_tasks_count() -> None:
    assert stack(Manager()).cores(everywhere=True) == 2 + 6
    assert stack(Manager()).cores(everywhere=False) == 2
