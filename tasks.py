"""Stand up a fleet of simulated OpenEMS Edges: ``inv setup --edges 3``. All tasks, one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.collection import Collection
from invoke.exceptions import Exit

from edge_tasks.cli.program import end_quietly_on_a_closed_pipe, explain_what_was_typed_wrong, order, step

if TYPE_CHECKING:
    from types import ModuleType

    from invoke.context import Context

    from edge_tasks.cli.session import Session


end_quietly_on_a_closed_pipe()


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
    _assembly().verify(session)


@step(verify, fix="As of doctor.", force="Also with too little memory.")
def setup(_ctx: Context, session: Session) -> None:
    """Do all of it: from nothing to N edges online, with their addresses."""
    _assembly().print_next(session)


@step(check="Exit 1 when something would change.")
def plan(_ctx: Context, session: Session) -> None:
    """Say what each step would change; change nothing."""
    if _reading().plan(session, order(up)) and session.flag("check"):
        raise Exit(code=1)


@step(
    check="Exit 6 when an edge is not well.",
    edge="Only these edges: 3, 3-7 or 0,3-7.",
    offline="Only edges that are not well.",
    watch="Again every two seconds, until Ctrl-C.",
)
def status(_ctx: Context, session: Session) -> None:
    """Show every edge as the backend sees it; change nothing."""
    _reading().status(session)


@step(port="The page's port on 127.0.0.1 (default: 8099; 0: any free one).", seconds="End after so many.")
def dashboard(_ctx: Context, session: Session) -> None:
    """Serve a page that shows the fleet, live, until Ctrl-C; change nothing."""
    _reading().dashboard(session)


@step(output="The file (default: edge-tasks-report-TIME.html).", seconds="Watch for so many (default: 5).")
def report(_ctx: Context, session: Session) -> None:
    """Write an HTML file about the run, to attach to a ticket; no keys in it."""
    _reading().report(session)


@step(purge="Remove everything that was ever made: configs, keys, database, override.")
def down(_ctx: Context, session: Session) -> None:
    """Stop the fleet."""
    _assembly().down(session)


@step(
    edge="Only these edges: 3, 3-7 or 0,3-7.",
    service="Only this service (docker), or: backend, edges, PostgreSQL (embedded).",
    follow="Go on until Ctrl-C.",
)
def logs(_ctx: Context, session: Session) -> None:
    """Show what backend and edges say."""
    _reading().logs(session)


@step(post=(verify,), edge="Which: 3, 3-7 or 0,3-7.")
def restart(_ctx: Context, session: Session) -> None:
    """Start edges again, and prove that all are online."""
    _assembly().restart(session)


@step(post=(verify,))
def rotate_keys(_ctx: Context, session: Session) -> None:
    """Give every edge a new apikey, and bring them all back online."""
    session.rotate_keys()


def _run(session: Session, name: str) -> None:
    _assembly().run_step(session, name)


def _assembly() -> ModuleType:
    from edge_tasks.cli import assembly  # noqa: PLC0415 - `inv --list` stays quick

    return assembly


def _reading() -> ModuleType:
    from edge_tasks.cli import reading  # noqa: PLC0415 - as above

    return reading


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
explain_what_was_typed_wrong(namespace)
