"""The tasks that change nothing: each gets the few things that it needs, out of the session."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_tasks.cli.assembly import STEPS, fleet_view, table_of
from edge_tasks.cli.options import SETTINGS
from edge_tasks.cli.own_options import END_AFTER_S, PORT, WATCH_S
from edge_tasks.cli.selection import edges_meant, selected_edges
from edge_tasks.cli.session import Session
from edge_tasks.errors import FleetError, SettingsError
from edge_tasks.plan import counted
from edge_tasks.steps import plan as steps_plan
from edge_tasks.steps.status import EVERY_S, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from edge_tasks.cli.invocation import Invocation
    from edge_tasks.cli.option import Setting
    from edge_tasks.fleet.saved import Saved
    from edge_tasks.steps.dashboard import FleetSource
    from edge_tasks.steps.step import Step


def plan(session: Session, order: Iterable[str]) -> bool:
    """``inv plan``: print what each step would change; returns whether there is anything.

    Args:
        session: of this call.
        order: the names of all steps, as they would be done.
    """
    session.check_moves()
    session.console.line(session.header())
    session.say_without_effect()
    target = session.target
    before: dict[str, tuple[str, ...]] = {}
    if target.platform.is_missing:
        before["platform"] = (f"create the bundled platform in {target.platform.path}",)
    if outdated := target.platform.outdated:
        before["platform"] = tuple(f"renew {path}, which an earlier version made" for path in outdated)
    if target.saved != target.wanted:
        before["fleet"] = tuple(_saving(target.saved, target.wanted))
    ready = target.saved is not None and session.runtime.database.is_ready
    steps = {name: _looking(session, name, registry_is_ready=ready) for name in order}
    return steps_plan.show(before, steps, session.console)


def _saving(saved: Saved | None, wanted: Saved) -> Iterator[str]:
    """What a fleet that is saved would be, or how it would differ from the one that is."""
    if saved is None:
        yield f"save a fleet of {counted(wanted.fleet.size, 'edge')}"
        return
    for name in {**saved.choices, **wanted.choices}:
        before, after = (one.choices.get(name, SETTINGS[name].default) for one in (saved, wanted))
        if before != after:
            yield f"change {SETTINGS[name].option} from {before} to {after}"


def _looking(session: Session, name: str, *, registry_is_ready: bool) -> Callable[[], Step[Any]]:
    if name == "register" and not registry_is_ready:
        return lambda: steps_plan.Unasked(session.target.fleet.size)
    return lambda: STEPS[name](session)


def status(session: Session) -> None:
    """``inv status``, with ``--watch`` every two seconds until Ctrl-C.

    Raises:
        SettingsError: there is no fleet, or no such edge, or ``--watch`` with ``--json``.
        EdgesNotOnline: with ``--check``, an edge is not online.
    """
    if not session.flag("watch"):
        _status(session).run()
        return
    if session.flag("json"):
        raise SettingsError(
            "--watch and --json cannot be used together",
            hint="--json prints one document; repeat the command yourself",
        )
    with suppress(KeyboardInterrupt):
        while True:
            session.console.redraw()
            try:
                _status(session).run()
            except FleetError as error:
                session.console.fault(f"{error.message} → {error.hint}")
            session.console.line(f"{time.strftime('%H:%M:%S')}, next in {EVERY_S:.0f} s; Ctrl-C ends it")
            time.sleep(EVERY_S)
            session = session.fresh()


def dashboard(session: Session) -> None:
    """``inv dashboard``, until Ctrl-C.

    Raises:
        MissingTool: the port is taken.
    """
    import asyncio  # noqa: PLC0415 - 30 ms that only the page needs

    from edge_tasks.page import server  # noqa: PLC0415 - as above
    from edge_tasks.steps.energies import FleetEnergies  # noqa: PLC0415 - as above

    invocation, line = session.invocation, session.console.line
    port, seconds = page_port(session), _number(session, END_AFTER_S)
    source = fleet_source(session.options.get("platform"), session.request.configured, invocation)
    app = server.page_app(source, FleetEnergies(lambda: source.watched), worded=invocation.worded)
    asyncio.run(server.serve(app, port, seconds, line))


def page_port(session: Session) -> int:
    """The port that was typed, else the page's own, moved as all host ports of the fleet are.

    Raises:
        SettingsError: what was typed is no port.
    """
    is_typed = bool(session.options.get(PORT.name))
    return _number(session, PORT) + (0 if is_typed else session.target.fleet.port_offset)


def fleet_source(platform: object, configured: Mapping[str, object], invocation: Invocation) -> FleetSource:
    """The page's source: the fleet of a platform, read again whenever it changes.

    Args:
        platform: as it was typed; None where it was not.
        configured: the section ``edge_tasks`` of ``invoke.yaml``.
        invocation: how the program was started.

    Raises:
        SettingsError: there is no such platform.
    """
    from edge_tasks.steps.dashboard import FleetSource, Watched  # noqa: PLC0415 - aiohttp takes long to import

    def read() -> Watched:
        session = Session({"platform": platform}, frozenset({"dashboard"}), configured, invocation)
        target = session.target
        return Watched(
            platform=target.platform.path,
            state=target.state,
            saved=target.saved,
            fleet=target.fleet,
            directories=target.directories,
            make_view=lambda: fleet_view(session),
            make_blueprints=lambda: target.blueprints,
        )

    return FleetSource(read)


def report(session: Session) -> None:
    """``inv report``.

    Raises:
        SettingsError: there is no fleet, or it is down.
        NotWritable: the file cannot be written.
    """
    from edge_tasks.steps.energies import zones_of  # noqa: PLC0415 - only some tasks need it
    from edge_tasks.steps.households import households_by_edge  # noqa: PLC0415 - as above
    from edge_tasks.steps.report import Report, default_name  # noqa: PLC0415 - as above

    session.require_fleet()
    target = session.target
    path = Path.cwd() / Path(str(session.options.get("output") or default_name())).expanduser()
    Report(
        view=fleet_view(session),
        fleet=target.fleet,
        seconds=_number(session, WATCH_S),
        path=path,
        platform=target.platform.path,
        template_digest=target.blueprints.template_digest,
        brought_up=target.state.record.entries().get("brought_up"),
        households=households_by_edge(target.fleet.edges, target.blueprints),
        zones=zones_of(target.fleet.edges, target.blueprints),
        worded=session.invocation.worded,
        output=session.console,
    ).run()


def households(session: Session) -> None:
    """``inv households``.

    Raises:
        SettingsError: there is no fleet, no such edge, or the file has another ending.
        NotWritable: the file cannot be written.
    """
    from edge_tasks.steps.households import Households  # noqa: PLC0415 - only this task needs it

    session.require_fleet()
    target, output = session.target, session.options.get("output")
    chosen = bool(session.options.get("edge"))
    Households(
        edges=edges_meant(session),
        blueprints=target.blueprints,
        path=Path.cwd() / Path(str(output)).expanduser() if output else None,
        output=session.console,
        is_whole=chosen,
    ).run()


def logs(session: Session) -> None:
    """``inv logs``, with ``--follow`` until Ctrl-C.

    Raises:
        SettingsError: there is no fleet, no such edge, or no such service.
    """
    session.require_fleet()
    chosen = session.options.get("edge")
    names = [edge.name for edge in selected_edges(session)] if chosen else []
    service = str(session.options.get("service") or "")
    follow = session.flag("follow")
    with suppress(*([KeyboardInterrupt] if follow else [])):  # it is how following ends
        session.runtime.services.show_logs(names, service, follow=follow)


def _status(session: Session) -> Status:
    session.require_fleet()
    edges = edges_meant(session)
    view = fleet_view(session)
    return Status(
        view=view,
        platform=session.target.platform.path,
        names=[edge.name for edge in edges],
        table=table_of(session, view),
        output=session.console,
        only_ill=session.flag("offline"),
        must_be_well=session.flag("check"),
    )


def _number(session: Session, setting: Setting) -> int:
    typed = session.options.get(setting.name)
    return int(setting.checked(typed or setting.default or 0, setting.option))
