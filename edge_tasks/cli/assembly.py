"""Makes the steps and whatever else changes a fleet. Each gets only what it needs from the session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.cli import pasts_left
from edge_tasks.cli.judging import required
from edge_tasks.cli.question import is_confirmed
from edge_tasks.cli.selection import edges_meant, selected_edges
from edge_tasks.cli.timeline import longest
from edge_tasks.openems.households import consumption_meters, not_aggregated
from edge_tasks.proof.look import Expectations, MadeOf
from edge_tasks.runtimes.address import lines_of
from edge_tasks.steps import step
from edge_tasks.steps.build import Build
from edge_tasks.steps.compose import Compose
from edge_tasks.steps.devices_read import DevicesRead
from edge_tasks.steps.doctor import Doctor
from edge_tasks.steps.down import Down
from edge_tasks.steps.edge_table import EdgeTable
from edge_tasks.steps.fleet_view import FleetView
from edge_tasks.steps.gen_configs import GenConfigs
from edge_tasks.steps.odoo_init import OdooInit
from edge_tasks.steps.past_purge import PastPurge
from edge_tasks.steps.register import Register
from edge_tasks.steps.restart import Restart
from edge_tasks.steps.up import Up
from edge_tasks.steps.verify import Verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge_tasks.cli.session import Session
    from edge_tasks.cli.target import Target
    from edge_tasks.steps.step import Step


def doctor(session: Session) -> Doctor:
    """``inv doctor``."""
    runtime = session.runtime
    is_asked = "doctor" in session.typed and "doctor" not in session.done
    return Doctor(runtime.services, runtime.correction, is_asked)


def build(session: Session) -> Build:
    """``inv build``."""
    return Build(session.runtime.images, session.runtime.stands_for, session.console)


def compose(session: Session) -> Compose:
    """``inv compose``."""
    target = session.target
    edges = target.fleet.edges_with_directory if target.fleet.has_ports else ()  # else they are in no override
    return Compose(target.override, session.runtime.services, edges)


def odoo_init(session: Session) -> OdooInit:
    """``inv odoo-init``."""
    return OdooInit(session.runtime.database, session.console)


def gen_configs(session: Session) -> GenConfigs:
    """``inv gen-configs``; light edges get a directory only with ``--all``."""
    target, runtime = session.target, session.runtime
    is_typed = "gen-configs" in session.typed
    with_light = is_typed and session.flag("all")
    return GenConfigs(
        template_of=lambda edge: target.blueprints.of(edge).template,
        uri=runtime.backend.uri,
        directories=target.directories,
        edges=target.fleet.edges if with_light else target.fleet.edges_with_directory,
        may_stay=frozenset(edge.directory for edge in target.fleet.edges),
        claim=runtime.ownership.claim if runtime.ownership else lambda _adopted: None,
        output=session.console,
        adopt=session.flag("adopt"),
        force=is_typed and session.flag("force") and "gen-configs" not in session.done,
        as_made="reset" in session.typed and not session.flag("history"),
    )


def register(session: Session) -> Register:
    """``inv register``."""
    runtime = session.runtime
    registry = runtime.database.registry
    return Register(registry, runtime.backend, devices_read(session), session.console, session.flag("adopt"))


def _is_simulated(pid: str) -> bool:
    """Whether light edges simulate the components of a factory."""
    from edge_tasks.light.devices import DEVICES  # noqa: PLC0415 - 15 ms that only a look needs

    return DEVICES.simulates(pid)


def _unsimulated(session: Session) -> tuple[str, ...]:
    """The factories that act on a real edge, but not on the light ones of this fleet."""
    from edge_tasks.light.devices import DEVICES  # noqa: PLC0415 - 15 ms that only a start needs

    return DEVICES.unsimulated(session.target.blueprints.components) if session.runtime.edges.light_names else ()


def up(session: Session) -> Up:
    """``inv up``."""
    target, runtime = session.target, session.runtime
    return Up(
        backend=runtime.backend,
        edges=runtime.edges,
        written=target.directories.written(target.fleet.edges_with_directory),
        registry=runtime.database.registry,
        read=devices_read(session),
        record=target.state.record,
        mark=target.mark,
        names=[edge.name for edge in target.fleet.edges],
        find_idle=lambda: _unsimulated(session),
        find_limits=lambda: not_aggregated(consumption_meters(target.blueprints.components)),
        output=session.console,
    )


_ONLY_PROVING: Final = frozenset({"restart", "reset"})
"""After these the steps only make sure that the fleet is as it should be."""
STEPS: Final[dict[str, Callable[[Session], Step[Any]]]] = {
    "doctor": doctor,
    "build": build,
    "compose": compose,
    "odoo-init": odoo_init,
    "gen-configs": gen_configs,
    "register": register,
    "up": up,
}


def run_step(session: Session, name: str) -> None:
    """Look, do what differs, look again, and print a line; nothing where the call only judges.

    Raises:
        FleetError: as the step says.
    """
    session.begin()
    if session.judges_only:
        return
    if "up" in session.tasks and not session.done:
        session.runtime.start_ahead()

    def make() -> Step[Any]:
        made = STEPS[name](session)
        session.done.add(name)
        return made

    step.run(name, make, session.console, only_changes=session.typed <= _ONLY_PROVING)
    if name == "up":
        session.bringing_up.note(session.target.state.record)
        pasts_left.ask(session)


def verify(session: Session) -> None:
    """``inv verify``."""
    session.begin()
    if "verify" in session.typed:
        edges_meant(session)  # so that one that there is not is named before others are awaited
    session.await_beside()
    timeout_s = session.target.choices.number("timeout")
    view = fleet_view(session)
    try:
        Verify(view, timeout_s, session.judges_only, table_of(session, view), session.console).run()
    finally:
        session.bringing_up.note(session.target.state.record)


def restart(session: Session) -> None:
    """``inv restart``.

    Raises:
        SettingsError: there is no fleet, no such edge, or its directory was never written.
        EdgesNotOnline: the fleet is down.
    """
    session.require_fleet()
    required(session.options, "edge", "inv restart --edge 3, or 3-7, or 0,3-7")
    session.begin()
    target = session.target
    edges = selected_edges(session)
    runtime = session.runtime
    running = runtime.services.running
    Restart(edges, target.fleet, target.directories, runtime.edges, running, session.console).run()


def down(session: Session) -> None:
    """``inv down``, with ``--purge`` everything that was ever made."""
    session.end_beside()
    target, is_final = session.target, session.flag("purge")
    if target.saved is None and not target.state.folder.exists():
        session.console.document(stopped=[])
        session.console.line(f"nothing to do: there is no fleet in {target.platform.path}")
        return
    target.state.check_owner()
    session.say_without_effect()
    going = _down_of(session)
    if is_final and going.pasts and (offered := going.pasts.offered()):
        wanted = is_confirmed(session, f"also remove {offered}, and what was sent since then?", default=True)
        going = replace(going, pasts=replace(going.pasts, is_wanted=wanted))
    with session.locked():
        going.stop(is_final=is_final)
        if is_final:
            from edge_tasks.cli import keeping  # noqa: PLC0415 - only a purge needs it

            going.purge()
            if target.saved and (said := keeping.left()):
                session.console.line(said)
            session.platform_used.forget()
    session.begin_again()


def _down_of(session: Session) -> Down:
    """The step for the fleet as it is saved, where it is now and where it was before."""
    target = session.target
    saved = target.saved
    now = session.runtime_of(saved) if saved else None
    former = [session.runtime_of(one) for one in target.former]
    storages = [one.storage for one in (*former, now) if one and one.storage]
    return Down(
        services=now.services if now else None,
        state=target.state,
        directories=target.directories,
        override=target.platform.path / saved.override_file if saved else target.override,
        platform=target.platform,
        output=session.console,
        former=[one.services for one in former],
        pasts=PastPurge(storages, target.state.record),
    )


def print_next(session: Session) -> None:
    """Addresses, and what to type next."""
    line = session.console.line
    line("")
    if chain := longest(session.console.steps):
        line(f"took      {chain}", 10)
    addresses = session.runtime.services.addresses()
    session.console.document(addresses=[one.entry for one in addresses])
    for word, where in lines_of(addresses):
        line(f"{word:<9} {where}", 10)
    target = session.target
    fleet = target.fleet
    more = f"--edges {fleet.full + 2}" if fleet.full else f"--light-edges {fleet.light + 2}"
    other = "inv households" if target.described else f"inv setup {more}"
    line(f"next      inv status | {other} | inv down | inv down --purge")


def fleet_view(session: Session) -> FleetView:
    """The target's fleet as the backend sees it."""
    target, runtime = session.target, session.runtime
    expected = Expectations.of(_made_of(target), runtime.edges.light_names, _is_simulated)
    return FleetView(target.fleet.edges, expected, runtime, devices_read(session))


def _made_of(target: Target) -> list[tuple[MadeOf, list[str]]]:
    """What the edges of each group are made of, and their names."""
    return [
        (MadeOf(one.template.components, one.shape.profile if one.shape else None), [edge.name for edge in edges])
        for one, edges in target.blueprints.by_group(target.fleet.edges)
    ]


def table_of(session: Session, view: FleetView) -> EdgeTable:
    """The table of a view's edges."""
    edges = {edge.name: edge for edge in view.edges}
    return EdgeTable(edges, view.runtime.edges.light_names, session.console, view.measured)


def devices_read(session: Session) -> DevicesRead:
    """What the target's backend has read."""
    target, runtime = session.target, session.runtime
    is_read_at_start = runtime.database.registry.is_read_at_start
    return DevicesRead(target.state.record, runtime.backend, target.fleet, is_read_at_start)
