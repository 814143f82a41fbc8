"""The embedded runtime, put together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_tasks.adapters.kept_files import KeptFiles
from edge_tasks.runtimes.embedded import SNAPSHOTS
from edge_tasks.runtimes.embedded.backend_process import BackendProcess
from edge_tasks.runtimes.embedded.database import EmbeddedDatabase
from edge_tasks.runtimes.embedded.edges import LightEdges
from edge_tasks.runtimes.embedded.processes import Processes
from edge_tasks.runtimes.embedded.services import EmbeddedServices
from edge_tasks.runtimes.embedded.storage import EmbeddedStorage
from edge_tasks.runtimes.light_host import LightHost
from edge_tasks.runtimes.light_options import LightOptions
from edge_tasks.runtimes.protocols import Runtime

if TYPE_CHECKING:
    from edge_tasks.runtimes.context import RuntimeContext


def assemble(context: RuntimeContext) -> Runtime:
    """All of it lies in the platform's state directory; nothing is built, and no other user writes files."""
    fleet, folder = context.fleet, context.state.folder
    version = context.stood_in_for
    options = replace(LightOptions.of(context.choices, fleet.port_offset), version=version)
    processes = Processes(
        folder=folder,
        fleet=fleet,
        metrics_port=options.metrics_port,
        timedata=str(context.choices["timedata"]),
        version=version,
        kept=None if "no_snapshot" in context.flags else KeptFiles.of_user(SNAPSHOTS),
        say=context.say,
    )
    backend = BackendProcess(processes)
    host = LightHost(
        processes.light,
        folder,
        context.platform.edges_folder,
        fleet,
        lambda edge: context.render(edge, backend.uri),
        blueprints=context.blueprints,
        options=options,
    )
    return Runtime(
        name="embedded",
        services=EmbeddedServices(context, processes),
        database=EmbeddedDatabase(processes),
        backend=backend,
        edges=LightEdges(fleet, host, processes.light.start_ahead),
        storage=EmbeddedStorage(processes),
        light_host=lambda: host,
        start_ahead=processes.start_ahead,
    )
