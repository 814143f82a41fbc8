"""Stand up a fleet of simulated OpenEMS Edges: ``inv setup --edges 3``. All tasks, one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.collection import Collection
from invoke.exceptions import Exit

from edge_tasks.cli.program import step, tell_inv_what_was_typed_wrong

if TYPE_CHECKING:
    from invoke.context import Context

    from edge_tasks.cli.session import Session


@step(fix="Put right what can be, in copies and generated files of ours.", force="Also with too little memory.")
def doctor(_ctx: Context, session: Session) -> None:
    """Say what is wrong with the machine or the platform, before anything is started."""
    _run(session, "doctor")


@step(doctor)
def build(_ctx: Context, session: Session) -> None:
    """Check (docker: build) what the runtime needs."""
    _run(session, "build")


@step()
def compose(_ctx: Context, session: Session) -> None:
    """Write the compose override with a service for each edge."""
    _run(session, "compose")


@step(build, compose)
def odoo_init(_ctx: Context, session: Session) -> None:
    """Have a PostgreSQL with the OpenEMS device table."""
    _run(session, "odoo-init")


@step(all="Directories for the light edges, too.", force="Write all directories anew, also unchanged ones.")
def gen_configs(_ctx: Context, session: Session) -> None:
    """Generate each edge's config directory from the platform's template."""
    _run(session, "gen-configs")


@step(odoo_init)
def register(_ctx: Context, session: Session) -> None:
    """Register each edge with its apikey in the device table."""
    _run(session, "register")


@step(build, compose, odoo_init, gen_configs, register)
def up(_ctx: Context, session: Session) -> None:
    """Start the backend and the edges."""
    _run(session, "up")


@step(up)
def verify(_ctx: Context, session: Session) -> None:
    """Prove by the backend that every edge is online; exit 6 if one is not."""
    from edge_tasks.steps import verify as steps_verify  # noqa: PLC0415 - `inv --list` stays quick

    steps_verify.run(session)


@step(verify, fix="As of doctor.", force="Also with too little memory.")
def setup(_ctx: Context, session: Session) -> None:
    """Do all of it: from nothing to N edges online, with their addresses."""
    from edge_tasks.steps import edge_table  # noqa: PLC0415 - as above

    edge_table.print_next(session)


@step(check="Exit 1 when something would change.")
def plan(_ctx: Context, session: Session) -> None:
    """Say what each step would change; change nothing."""
    from edge_tasks.steps import edge_table  # noqa: PLC0415 - as above

    if edge_table.plan(session) and session.options.get("check"):
        raise Exit(code=1)


@step(
    check="Exit 6 when an edge is not well.",
    edge="Only these edges: 3, 3-7 or 0,3-7.",
    offline="Only edges that are not well.",
    watch="Again every two seconds, until Ctrl-C.",
)
def status(_ctx: Context, session: Session) -> None:
    """Show every edge as the backend sees it; change nothing."""
    from edge_tasks.steps import status as steps_status  # noqa: PLC0415 - as above

    steps_status.run(session)


@step(port="The page's port on 127.0.0.1 (default: 8099; 0: any free one).", seconds="End after so many.")
def dashboard(_ctx: Context, session: Session) -> None:
    """Serve a page that shows the fleet, live, until Ctrl-C; change nothing."""
    from edge_tasks.steps import dashboard as steps_dashboard  # noqa: PLC0415 - as above

    steps_dashboard.run(session)


@step(output="The file (default: edge-tasks-report-TIME.html).", seconds="Watch for so many (default: 5).")
def report(_ctx: Context, session: Session) -> None:
    """Write an HTML file about the run, to attach to a ticket; no keys in it."""
    from edge_tasks.steps import report  # noqa: PLC0415 - as above

    report.run(session)


@step(purge="Remove everything that was ever made: configs, keys, database, override.")
def down(_ctx: Context, session: Session) -> None:
    """Stop the fleet."""
    from edge_tasks.steps import down as steps_down  # noqa: PLC0415 - as above

    steps_down.run(session, purge=bool(session.options.get("purge")))


@step(
    edge="Only these edges: 3, 3-7 or 0,3-7.",
    service="Only this service (docker), or: backend, edges, PostgreSQL (embedded).",
    follow="Go on until Ctrl-C.",
)
def logs(_ctx: Context, session: Session) -> None:
    """Show what backend and edges say."""
    from edge_tasks.steps import logs as steps_logs  # noqa: PLC0415 - as above

    steps_logs.run(session)


@step(post=(verify,), edge="Which: 3, 3-7 or 0,3-7.")
def restart(_ctx: Context, session: Session) -> None:
    """Start edges again, and prove that all are online."""
    from edge_tasks.steps import restart as steps_restart  # noqa: PLC0415 - as above

    steps_restart.run(session)


@step(post=(verify,))
def rotate_keys(_ctx: Context, session: Session) -> None:
    """Give every edge a new apikey, and bring them all back online."""
    session.rotate_keys()


def _run(session: Session, name: str) -> None:
    from edge_tasks import steps  # noqa: PLC0415 - as above

    steps.run(session, name)


namespace = Collection(
    doctor,
    build,
    odoo_init,
    gen_configs,
    register,
    compose,
    up,
    verify,
    setup,
    plan,
    status,
    dashboard,
    report,
    logs,
    restart,
    down,
    rotate_keys,
)
tell_inv_what_was_typed_wrong(namespace)
