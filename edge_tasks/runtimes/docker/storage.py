"""Where the platform's backend stores history: whether it can, and whether points of the fleet arrive there."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.docker import Docker
from edge_tasks.adapters.influxdb import write_nothing
from edge_tasks.adapters.ports import is_own_address
from edge_tasks.adapters.processes import until
from edge_tasks.checkout.timedata_config import FLUX, INFLUXDB
from edge_tasks.checkout.timedata_findings import (
    Place,
    check_answer,
    check_creation,
    check_timedata,
    influxdbs,
    service_of,
)
from edge_tasks.errors import FleetError, SettingsError
from edge_tasks.plan import counted, some
from edge_tasks.runtimes.docker.host_ports import HOST
from edge_tasks.runtimes.docker.influxdb_disk import InfluxDbDisk
from edge_tasks.runtimes.docker.influxdb_port import InfluxDbPort
from edge_tasks.runtimes.docker.influxdb_volume import is_kept
from edge_tasks.runtimes.plans import UNKNOWN_S, Arrival, Entrance
from edge_tasks.timedata.errors import HistoryError
from edge_tasks.timedata.influxdb.history import InfluxHistory
from edge_tasks.timedata.influxdb.server import Server
from edge_tasks.timedata.span import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_tasks.adapters.containers import Container
    from edge_tasks.checkout.findings import Finding
    from edge_tasks.checkout.timedata_config import Provider
    from edge_tasks.output import Progress
    from edge_tasks.runtimes.docker.stack import Stack

_PATIENCE_S: Final = 20.0
"""A backend writes at the latest every 10 s."""

_PAUSE_S: Final = 1.0
_START_S: Final = 60.0
_WINDOW_S: Final = 330.0
"""An edge sends all its channels every 5 minutes, and otherwise what has changed."""

_LATER_S: Final = 60.0
_DROPS: Final = re.compile(r"\[InfluxDB\].*Limit:\s*\[?([01][.,]\d+)")
_FEW: Final = 0.02
"""After two failures it drops one write in five; a single one that was 18 successes ago counts no more."""


@dataclass(frozen=True)
class Storage:
    """The InfluxDB that ``Timedata.InfluxDB`` names, as the backend and as this machine see it."""

    stack: Stack

    @property
    def provider(self) -> str:
        """The component that answers about what others write there."""
        return INFLUXDB

    @property
    def outlives_edges(self) -> bool:
        """Whether the points of an edge stay when it leaves the fleet: nobody else removes them."""
        return True

    def history(self) -> InfluxHistory:
        """The InfluxDB, as it is reached from here.

        Raises:
            SettingsError: the backend stores nothing in one, or others may not write there.
            HistoryError: it does not run.
        """
        config = self.stack.backend_files.timedata
        provider = config.influxdb
        if provider is None:
            names = ", ".join(one.pid for one in config.providers) or "nothing"
            raise SettingsError(
                f"the backend stores no history that others can write: it has {names}",
                hint="give it a Timedata.InfluxDB",
            )
        if provider.is_read_only:
            raise SettingsError(
                f"{provider.file} is read-only, so the backend writes nothing there", hint='isReadOnly=B"false"'
            )
        service = service_of(provider, self.stack.project)
        if service and self._reached(provider) is None:
            container = self.stack.container(service)
            if container and container.is_running:
                raise HistoryError(
                    f"the InfluxDB at {provider.url} cannot be reached from here",
                    hint="inv backfill publishes its port",
                )
            raise HistoryError(f"the InfluxDB at {provider.url} does not run", hint="inv up")
        return self._history(provider)

    def publication(self) -> InfluxDbPort:
        """Publishes the port, as the platform is now."""
        return InfluxDbPort(type(self.stack)(self.stack.context))

    def entrance(self) -> Entrance:
        """The port for edges, on loopback. A program that takes only edges says every 5 s which are connected."""
        deaf_s = UNKNOWN_S if self.stack.services.backend_edge else 0.0
        return Entrance(f"ws://{HOST}:{self.stack.ports['edges']}", deaf_s=deaf_s)

    def kept(self) -> InfluxHistory | None:
        """The InfluxDB, whether it runs or not; None if a purge removes its data, or others may not write."""
        provider = self.stack.backend_files.timedata.influxdb
        if provider is None or provider.is_read_only or not is_kept(self.stack, provider):
            return None
        return self._history(provider)

    def start_kept(self) -> InfluxHistory:
        """The InfluxDB, started if it is a service of the platform.

        Raises:
            SettingsError: as :meth:`history` says.
            CommandFailed: it does not start.
            HistoryError: it does not run.
        """
        provider = self.stack.backend_files.timedata.influxdb
        service = provider and service_of(provider, self.stack.project)
        if provider and service:
            self.stack.compose.up((service,), parallel=1)
            deadline = time.monotonic() + _START_S
            while not self._answers(provider) and until(deadline, _PAUSE_S):
                pass
        return self.history()

    def examine(self) -> list[Finding]:
        """What is wrong on the way of a point; of an InfluxDB that runs it is asked."""
        config, project = self.stack.backend_files.timedata, self.stack.project
        found = check_timedata(config, project, self._place)
        for provider in influxdbs(config):
            asked = self._asked(provider)
            found += check_creation(provider, project, self._place) if asked is None else asked
        return found

    def arrival(self, names: Sequence[str], progress: Progress) -> Arrival | None:
        """Whether points of these edges arrive; waits as long as the backend may take to write them."""
        provider = self.stack.backend_files.timedata.influxdb
        if provider is None or self._reached(provider) is None:
            return None
        if provider.is_read_only:
            return Arrival("the backend stores no history: its Timedata.InfluxDB is read-only", is_well=False)
        missing, deadline = set(names), time.monotonic() + _PATIENCE_S
        while (arrival := self._look(provider, names, missing)) and not arrival.is_well:
            progress(len(names) - len(missing))
            if not arrival.may_change or not until(deadline, _PAUSE_S):
                break
        return arrival

    def _look(self, provider: Provider, names: Sequence[str], missing: set[str]) -> Arrival | None:
        """Look for points of the edges that are still missing, and take those that have some out of the set."""
        findings = self._asked(provider)
        if findings is None:
            return None
        if findings:
            [finding] = findings
            return Arrival(str(finding), is_well=False, may_change="does not answer" in finding.what)
        try:
            missing -= self._history(provider).occupied(missing, self._window())
        except FleetError as error:
            return Arrival(error.message, is_well=False, may_change=True)
        return self._judged(provider, [name for name in names if name in missing], len(names))

    def _judged(self, provider: Provider, missing: Sequence[str], count: int) -> Arrival:
        dropped, name = self._dropped(), self._backend.name if self._backend else self._place.backend
        restart = (
            f"the backend drops {dropped:.0%} of all writes, because some failed before → docker restart {name}"
        )
        if missing:
            whose = "any edge" if len(missing) == count else some(tuple(missing))
            why = restart if dropped > _FEW else f"see docker logs {name}"
            said = f"no points of {whose} arrive in {provider.bucket}: {why}"
            return Arrival(said, is_well=False, may_change=True)
        if dropped > _FEW:
            return Arrival(f"history has gaps: {restart}", is_well=False)
        return Arrival(f"points of {counted(count, 'edge')} arrive in {provider.bucket}", is_well=True)

    def _answers(self, provider: Provider) -> bool:
        reached = self._reached(provider)
        if reached is None:
            return False
        host, port, _ = reached
        return write_nothing(host, port, provider.bucket, provider.org, provider.api_key).status != 0

    def _asked(self, provider: Provider) -> list[Finding] | None:
        """What the server says to a write; None if it does not run, or cannot be reached from here."""
        reached = self._reached(provider)
        if reached is None:
            return None
        host, port, container = reached
        answer = write_nothing(host, port, provider.bucket, provider.org, provider.api_key)
        if answer.status == 0 and host != HOST:
            return None
        backend = self._backend.name if self._backend else self._place.backend
        return check_answer(provider, answer, container.name, backend, self._place)

    def _reached(self, provider: Provider) -> tuple[str, int, Container] | None:
        """Host and port as seen from here, and the container; the published port if there is one."""
        stack = self.stack
        service = service_of(provider, stack.project)
        container = stack.container(service) if service else None
        if service is None or container is None or not container.is_running:
            return None
        published = stack.project.published(service, provider.port)
        if published is None:
            port = stack.reached.of_override().get((service, provider.port))
        else:
            port = published + stack.context.fleet.port_offset
        if port in container.host_ports:
            return HOST, int(port or 0), container
        address = min(container.addresses, default="")
        is_here = any(map(is_own_address, container.gateways))  # elsewhere it may be somebody else's address
        return (address, provider.port, container) if address and is_here else None

    def _history(self, provider: Provider) -> InfluxHistory:
        stack, disk, reached = self.stack, None, self._reached(provider)
        url = provider.url  # of a server that is no service of the platform
        if reached:
            host, port, container = reached
            disk = InfluxDbDisk(Docker(stack.docker.log), container.id)
            url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        server = Server(url, provider.bucket, provider.api_key, provider.org)
        speaks_flux = provider.query_language == FLUX
        return InfluxHistory(server, provider.measurement, speaks_flux, disk, provider.url)

    def _window(self) -> Span:
        now = time.time()
        started = self._backend.started if self._backend else 0.0
        return Span(round(max(started, now - _WINDOW_S) * 1000), round((now + _LATER_S) * 1000))

    def _dropped(self) -> float:
        """The share of writes that the backend drops at the moment, as its log says every 10 s."""
        if self._backend is None:
            return 0.0
        said = self.stack.docker.ask("logs", "--since", "30s", self._backend.id, with_errors=True)
        found = _DROPS.findall(said)
        return float(found[-1].replace(",", ".")) if found else 0.0

    @cached_property
    def _backend(self) -> Container | None:
        return self.stack.container(self.stack.services.backend)

    @property
    def _place(self) -> Place:
        stack = self.stack
        return Place(str(stack.backend_config), stack.place, stack.services.backend)
