from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.errors import BackendError, BackendHangs, CommandFailed
from edge_tasks.runtimes.beside import Beside
from edge_tasks.runtimes.docker import backend_service
from edge_tasks.runtimes.docker.backend_service import BackendService

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.runtimes.docker.stack import Stack

HANGS, REFUSES = BackendHangs("it hangs"), BackendError("it refuses")


@dataclass
class Rest:
    """A backend's port for edges, and a REST API that answers or has a trouble."""

    trouble: BackendError | None = None
    is_open: bool = True
    knows: tuple[str, ...] = ("edge0",)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def online(self, names: Sequence[str]) -> dict[str, bool]:
        self.asked.append(tuple(names))
        if self.trouble is not None:
            raise self.trouble
        return dict.fromkeys(self.knows, True)

    def opens_websockets(self, _port: int) -> bool:
        return self.is_open


def service(rest: Rest, *, door: str = "gate", asks_rest: bool = True, needs_odoo: bool = True) -> BackendService:
    """A backend whose container runs."""
    container = SimpleNamespace(id="1", why="", is_running=True)
    stack = SimpleNamespace(
        rest=rest,
        asks_rest=asks_rest,
        wiring=SimpleNamespace(metadata=SimpleNamespace(needs_odoo=needs_odoo, pid="Metadata.Odoo")),
        services=SimpleNamespace(backend="backend", backend_edge=door, door=door or "backend"),
        ports={"edges": 8081},
        edge_port=8081,
        context=SimpleNamespace(
            fleet=SimpleNamespace(edge=lambda _index: SimpleNamespace(name="edge0")),
            waiting=lambda _what: nullcontext(),
            beside=Beside(),
        ),
        container=lambda _name: container,
        require_running=lambda _name: None,
        docker=SimpleNamespace(run=lambda *_arguments: None),
    )
    return BackendService(cast("Stack", stack))


@pytest.fixture(autouse=True)
def _does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_service, "_READY_S", 0.0)


def test_two_programs_whose_rest_hangs_are_ready_when_edges_may_connect() -> None:
    service(Rest(HANGS)).read_devices_again()
    with pytest.raises(CommandFailed, match="gate does not answer on port 8081, where edges connect"):
        service(Rest(HANGS, is_open=False)).read_devices_again()


def test_a_port_that_stays_closed_is_mended_by_reading_the_devices_again() -> None:
    with pytest.raises(CommandFailed) as closed:
        service(Rest(is_open=False), door="", needs_odoo=False).await_ready()
    assert closed.value.hint.startswith("inv register up")
    with pytest.raises(CommandFailed) as unknown:
        service(Rest(knows=()), door="").await_ready()
    assert unknown.value.hint.startswith("inv logs")


def test_where_rest_stays_closed_it_is_not_asked() -> None:
    rest = Rest(REFUSES)
    service(rest, asks_rest=False, needs_odoo=False).read_devices_again()
    assert rest.asked == []
    with pytest.raises(CommandFailed, match="gate does not answer"):
        service(Rest(REFUSES, is_open=False), asks_rest=False).read_devices_again()


@pytest.mark.parametrize("door", ["", "gate"])
def test_a_rest_api_that_refuses_says_that_the_backend_is_not_ready(door: str) -> None:
    with pytest.raises(CommandFailed, match="it refuses"):
        service(Rest(REFUSES), door=door).read_devices_again()


def test_one_program_that_hangs_is_not_ready() -> None:
    with pytest.raises(CommandFailed, match="it hangs"):
        service(Rest(HANGS), door="").read_devices_again()


def test_a_backend_without_the_first_device_is_not_ready() -> None:
    with pytest.raises(CommandFailed, match="it does not know edge0"):
        service(Rest(knows=())).read_devices_again()


def test_the_second_program_must_take_edges_too() -> None:
    service(Rest(is_open=False), door="").read_devices_again()
    with pytest.raises(CommandFailed, match="gate does not answer"):
        service(Rest(is_open=False)).read_devices_again()


def test_history_is_asked_at_the_rest_api_itself_whatever_says_who_is_online() -> None:
    rest = Rest()
    found: object = service(rest).rest
    assert found is rest
    assert service(rest, asks_rest=False).rest is None


def test_edges_may_start_as_soon_as_the_port_is_open_because_devices_are_read_before() -> None:
    service(Rest(REFUSES), door="").await_open()
    with pytest.raises(CommandFailed, match="it refuses"):
        service(Rest(REFUSES, is_open=False), door="").await_open()


@pytest.mark.parametrize(("door", "needs_odoo"), [("gate", True), ("", False)])
def test_where_that_is_not_known_edges_wait_until_the_backend_answers(door: str, *, needs_odoo: bool) -> None:
    with pytest.raises(CommandFailed, match="it refuses"):
        service(Rest(REFUSES), door=door, needs_odoo=needs_odoo).await_open()


@pytest.mark.parametrize(
    ("running", "takes_edges"),
    [(("backend", "gate"), False), (("backend",), True), (("gate",), True), ((), True)],
)
def test_a_closed_port_is_the_backends_fault_only_while_both_programs_run(
    running: tuple[str, ...], *, takes_edges: bool
) -> None:
    found = service(Rest(is_open=False))
    containers = {name: SimpleNamespace(is_running=name in running, started=1.0) for name in ("backend", "gate")}
    found.stack.container = containers.get  # type: ignore[method-assign,assignment] # the stack is a stand-in
    assert found.takes_edges() is takes_edges
