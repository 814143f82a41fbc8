"""Start a fleet of simulated OpenEMS Edges: ``inv setup --edges 3``. All tasks, one screen."""

from __future__ import annotations

from edge_tasks.cli.interruption import end_inv_at_once

end_inv_at_once()  # what is imported below takes a while

from typing import TYPE_CHECKING  # noqa: E402 - as above

from invoke.collection import Collection  # noqa: E402 - as above
from invoke.exceptions import Exit  # noqa: E402 - as above

from edge_tasks.cli.asked import needed_by  # noqa: E402 - as above
from edge_tasks.cli.program import speak_for_inv, step  # noqa: E402 - as above

if TYPE_CHECKING:
    from types import ModuleType

    from invoke.context import Context

    from edge_tasks.cli.session import Session


@step()
def doctor(_ctx: Context, session: Session) -> None:
    """Find what is wrong with the machine or the platform before anything is started."""
    if session.flag("explain"):
        _explaining().explain(session)
    else:
        _run(session, "doctor")


@step(doctor)
def build(_ctx: Context, session: Session) -> None:
    """Check or build what the runtime needs."""
    _run(session, "build")


@step()
def compose(_ctx: Context, session: Session) -> None:
    """Write the override with a service for each edge."""
    _run(session, "compose")


@step(build, compose)
def odoo_init(_ctx: Context, session: Session) -> None:
    """Start PostgreSQL and create the OpenEMS device table."""
    _run(session, "odoo-init")


@step()
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
    """Ask the backend for proof that every edge is online; exit 6 if one is not."""
    _assembly().verify(session)
    if session.flag("energy"):
        _truth().verify_energy(session)


@step(verify)
def setup(_ctx: Context, session: Session) -> None:
    """Do everything: from nothing to N edges online, with their addresses."""
    _assembly().print_next(session)


@step()
def plan(_ctx: Context, session: Session) -> None:
    """Show what each step would change; change nothing."""
    if _reading().plan(session, needed_by(up)) and session.flag("check"):
        raise Exit(code=1)


@step()
def status(_ctx: Context, session: Session) -> None:
    """Show every edge as the backend sees it; change nothing."""
    _reading().status(session)


@step()
def households(_ctx: Context, session: Session) -> None:
    """List every consumption meter of the fleet, as a billing engine imports them; change nothing."""
    _reading().households(session)


@step()
def dashboard(_ctx: Context, session: Session) -> None:
    """Serve a page that shows the fleet live, until Ctrl-C; change nothing."""
    _reading().dashboard(session)


@step()
def backfill(_ctx: Context, session: Session) -> None:
    """Write the past of light edges, up to where they go on, where the backend reads it."""
    _past().backfill(session)


@step()
def truth(_ctx: Context, session: Session) -> None:
    """List what every light edge has used and made, and what the backend answers about it; change nothing."""
    _truth().truth(session)


@step()
def report(_ctx: Context, session: Session) -> None:
    """Write an HTML file about the run, for a ticket; it contains no apikeys."""
    _reading().report(session)


@step()
def cache(_ctx: Context, session: Session) -> None:
    """List the snapshots that are kept for your next platforms, or remove them with --clear."""
    _keeping().cache(session)


@step()
def export_keys(_ctx: Context, session: Session) -> None:
    """Write the apikeys of the fleet's edges into a file, to run them at the same backend from elsewhere."""
    _attaching().export_keys(session)


@step()
def attach(_ctx: Context, session: Session) -> None:
    """Run light edges here at a backend elsewhere, and report how available they were; exit 6 if too little."""
    if not _attaching().attach(session):
        raise Exit(code=130)


@step()
def down(_ctx: Context, session: Session) -> None:
    """Stop the fleet."""
    _assembly().down(session)


@step()
def logs(_ctx: Context, session: Session) -> None:
    """Show the logs of the backend and the edges."""
    _reading().logs(session)


@step(post=(verify,))
def restart(_ctx: Context, session: Session) -> None:
    """Restart edges, and prove that all are online."""
    _assembly().restart(session)


@step(post=(verify,))
def reset(_ctx: Context, session: Session) -> None:
    """Put the fleet back to how it was right after set-up, without its history; devices and keys stay."""
    _resetting().reset(session)


@step(post=(verify,))
def rotate_keys(_ctx: Context, session: Session) -> None:
    """Give every edge a new apikey, and bring all of them back online."""
    session.rotate_keys()


def _run(session: Session, name: str) -> None:
    _assembly().run_step(session, name)


def _assembly() -> ModuleType:
    from edge_tasks.cli import assembly  # noqa: PLC0415 - `inv --list` stays quick

    return assembly


def _explaining() -> ModuleType:
    from edge_tasks.cli import explaining  # noqa: PLC0415 - as above

    return explaining


def _past() -> ModuleType:
    from edge_tasks.cli import past  # noqa: PLC0415 - numpy takes 100 ms to import

    return past


def _resetting() -> ModuleType:
    from edge_tasks.cli import resetting  # noqa: PLC0415 - as above

    return resetting


def _keeping() -> ModuleType:
    from edge_tasks.cli import keeping  # noqa: PLC0415 - as above

    return keeping


def _attaching() -> ModuleType:
    from edge_tasks.cli import attach  # noqa: PLC0415 - as above

    return attach


def _truth() -> ModuleType:
    from edge_tasks.cli import truth  # noqa: PLC0415 - as above

    return truth


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
    households,
    dashboard,
    backfill,
    truth,
    report,
    export_keys,
    attach,
    logs,
    restart,
    reset,
    cache,
    down,
    rotate_keys,
)
speak_for_inv(namespace)
