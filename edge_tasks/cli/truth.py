"""Makes what compares the backend's answers with the truth."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge_tasks.adapters import machine
from edge_tasks.checkout.timedata_config import AGGREGATED
from edge_tasks.cli.past import history_of, host_of
from edge_tasks.cli.selection import edges_meant
from edge_tasks.light.host import memories
from edge_tasks.openems.release import DEFAULT, release_of
from edge_tasks.proof.energies import asked_for_energies
from edge_tasks.steps.accounts import Accounts, KnownLife, wanted
from edge_tasks.steps.past_record import PastRecord
from edge_tasks.steps.truth import Truth
from edge_tasks.steps.verify_energy import VerifyEnergy

if TYPE_CHECKING:
    from edge_tasks.cli.session import Session


def truth(session: Session) -> None:
    """``inv truth``.

    Raises:
        SettingsError: there is no fleet, no such edge, nothing to account for, or an option is wrong.
        NotWritable: the file cannot be written.
    """
    session.require_fleet()
    output = session.options.get("output")
    path = Path.cwd() / Path(str(output)).expanduser() if output else None
    Truth(_accounts(session), path, session.console, session.flag("json")).run()


def verify_energy(session: Session) -> None:
    """``inv verify --energy``.

    Raises:
        SettingsError: as for :func:`truth`.
        HistoryDiffers: the backend answers something else than is expected.
    """
    rest = asked_for_energies(session.runtime.backend.rest)
    VerifyEnergy(_accounts(session), rest, session.console).run()


def _accounts(session: Session) -> Accounts:
    typed = {name: str(session.options.get(name) or "") for name in ("from", "to", "period", "zone")}
    asked = wanted(typed["from"], typed["to"], typed["period"], typed["zone"])
    target, runtime = session.target, session.runtime
    edges = edges_meant(session)
    light = runtime.edges.light_names
    history, host = history_of(session), host_of(session)
    names = {edge.name for edge in edges} & light
    lives = {
        name: KnownLife(found.memory.began, found.journal)
        for name, found in memories.load_newest(host.memory_file, names, {}).items()
    }
    is_aggregated = runtime.storage is not None and runtime.storage.provider == AGGREGATED
    return Accounts(
        asked,
        list(target.blueprints.described(edge for edge in edges if edge.name in light)),
        [edge.name for edge in edges if edge.name not in light],
        PastRecord(target.state.record, history.describe()).read(),
        lives,
        release_of(target.told_release or DEFAULT.since).aggregated_meters if is_aggregated else None,
        time.time_ns() // 1_000_000,
        machine.cores(),
        session.console,
    )
