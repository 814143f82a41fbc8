"""The platform's backend: its container, when it is ready, and how it is made to read its devices again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.checkout.metadata import FILE
from edge_tasks.errors import BackendError, BackendHangs, CommandFailed
from edge_tasks.plan import Plan
from edge_tasks.proof.best_source import BestSource
from edge_tasks.runtimes.docker import edge_files, removal
from edge_tasks.runtimes.docker.service_start import have_run
from edge_tasks.runtimes.docker.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.adapters.containers import Container
    from edge_tasks.proof.backend_api import BackendApi
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.runtimes.docker.stack import Stack

_READY_S: Final = 90.0
_OPEN_S: Final = 30.0
_RACE_S: Final = 6.0
"""Within this time after its first answer, a backend opens its port for edges, if it ever does."""

_LOGS: Final = "inv logs --service openems-backend; inv doctor compares its configuration with the platform"
_REGISTER: Final = "inv register up, which starts it again; inv logs --service openems-backend"
_ALL: Final = 8
"""Services that Compose starts at once."""


@dataclass(frozen=True)
class BackendService:
    """The backend, and all services of the platform with which it runs."""

    stack: Stack

    @property
    def uri(self) -> str:
        """Where the edges connect to, inside the Compose network."""
        return f"ws://{edge_files.backend_host(self.stack)}:{edge_files.edge_port(self.stack)}"

    @property
    def status(self) -> StatusSource:
        """Its B2B REST API, else the device table."""
        return self.stack.status

    @property
    def rest(self) -> BackendApi | None:
        """Its B2B REST API; None where it is closed, or hangs."""
        return self.stack.rest if self.stack.asks_rest else None

    def find(self) -> Plan[tuple[str, ...]]:
        """The platform's services that do not run, or that run with another configuration or image."""
        stack = self.stack
        hashes, services = stack.hashes(), stack.services.platform
        images = stack.docker.images({stack.project.image(name) for name in services})
        found = {container.service: container for container in stack.containers()}
        stale = tuple(
            name
            for name in services
            if name not in found or not found[name].fits(hashes.get(name), images.get(stack.project.image(name)))
        )
        return Plan(("start the backend",) if stale else (), "it runs", stale)

    def will_be_started(self, containers: Sequence[Container]) -> bool:
        """Whether a container of its own does not run as it should: edges that run have lost it, or will."""
        services = self.stack.services
        return any(self._is_stale(name, containers) for name in {services.backend, services.door})

    def start(self, plan: Plan[tuple[str, ...]]) -> None:
        """Have these services run.

        Raises:
            CommandFailed: one did not start.
        """
        have_run(self.stack, plan.details, parallel=_ALL)

    def await_open(self) -> None:
        """Wait until the port for edges is open.

        With ``Metadata.Odoo`` a backend opens it once it has read its devices. So edges can start before the REST
        API answers, which asks Odoo.

        Raises:
            CommandFailed: the backend has ended, or is not ready after 90 s.
        """
        opens_last = self.stack.wiring.metadata.needs_odoo and not self.stack.services.backend_edge
        with self.stack.context.waiting("the backend starts"):
            self._await(self._is_open if opens_last else self._is_ready)

    def await_ready(self) -> None:
        """Wait until the backend answers with the first edge.

        Raises:
            CommandFailed: it has ended, or is not ready after 90 s.
        """
        context = self.stack.context
        context.beside.await_end(context.waiting)
        with context.waiting("the backend answers"):
            self._await(self._is_ready)
        if isinstance(self.status, BestSource):
            self.status.forget()
        removal.claim(self.stack)

    def instance(self) -> str | None:
        """Its container and when that was started; None when it does not run."""
        container = self._running()
        return f"{container.id[:12]}@{container.started}" if container else None

    def takes_edges(self) -> bool:
        """Whether its port for edges is open, 30 s after the start of the program that has it.

        A real one may start without it and never open it (``Edge.Websocket`` is NOT STARTED, seen on 2026.1.0).
        Another program than the backend may have it; while that does not run, no restart of the backend helps.
        """
        running = [self._running(name) for name in {self.stack.services.backend, self.stack.services.door}]
        if any(one is None or time.time() - one.started < _OPEN_S for one in running):
            return True
        return self.stack.rest.opens_websockets(self.stack.ports["edges"])

    def started(self) -> float:
        """When it was started, seconds since 1970; 0.0 when it does not run."""
        container = self._running()
        return container.started if container else 0.0

    def read_devices_again(self) -> None:
        """Restart its container (2 s); ``up`` brings the edges back. One in no network is created again.

        Its Felix console could re-activate ``Metadata.Odoo`` in 0.6 s, but wants all properties for it, forgets
        those that are missing, and writes the file again, which may be one of the user's (measured on 2024.7.0).

        Raises:
            CommandFailed: the backend did not come back.
        """
        container = self._running()
        if container is not None and not container.why:
            self.stack.docker.run("restart", "-t", "3", container.id)
        else:
            self.stack.compose.up((self.stack.services.backend,), parallel=1)
        self._await(self._is_ready)

    def _is_stale(self, name: str, containers: Sequence[Container]) -> bool:
        image = self.stack.project.image(name)
        found = next((container for container in containers if container.service == name), None)
        wanted = self.stack.hashes().get(name), self.stack.docker.images((image,)).get(image)
        return found is None or not found.fits(*wanted)

    def _running(self, service: str = "") -> Container | None:
        """The container of a service if it runs, else None; that of the backend if none is named."""
        container = self.stack.container(service or self.stack.services.backend)
        return container if container is not None and container.is_running else None

    def _await(self, is_reached: Callable[[], bool]) -> None:
        """Wait for what a backend that starts reaches within 90 s."""
        deadline = time.monotonic() + _READY_S
        opening, watch = _Opening(self.stack), Watch(self.stack, self.stack.services.backend)
        while not is_reached():
            watch.require_running()
            opening.look()
            if not until(deadline, 0.1):
                why = self._reason()
                raise CommandFailed(
                    f"the backend is not ready after {_READY_S:.0f} s: {why}",
                    hint=_REGISTER if why == self._closed else _LOGS,
                )

    def _is_ready(self) -> bool:
        """Whether REST names the first edge and, where that does not show it, the port for edges is open."""
        stack = self.stack
        says_all = stack.wiring.metadata.needs_odoo and not stack.services.backend_edge
        try:
            if stack.asks_rest:
                if self._first not in stack.rest.online([self._first]):
                    return False
                if says_all:
                    return True
        except BackendHangs:  # a release that was taken for another one, see silent_rest
            if not stack.services.backend_edge:
                return False
        except BackendError:
            return False
        return self._is_open()

    def _is_open(self) -> bool:
        return self.stack.rest.opens_websockets(self.stack.ports["edges"])

    @property
    def _first(self) -> str:
        return self.stack.context.fleet.edge(0).name

    @property
    def _closed(self) -> str:
        return f"{self.stack.services.door} does not answer on port {self.stack.edge_port}, where edges connect"

    def _reason(self) -> str:
        stack, name = self.stack, self._first
        if not stack.asks_rest:
            return self._closed
        try:
            found = stack.rest.online([name])
        except BackendError as error:
            is_passed_over = isinstance(error, BackendHangs) and stack.services.backend_edge
            return self._closed if is_passed_over else str(error)
        if name in found:
            return self._closed
        return f"it does not know {name}: was the device table there when it started?"


@dataclass
class _Opening:
    """Watches whether a backend with ``Metadata.File`` opens its port for edges.

    In some of its starts it reads the file before the port's component listens for that, and never opens it. Then
    it is restarted, once.
    """

    stack: Stack
    _since: float | None = None
    _is_over: bool = False

    def look(self) -> None:
        """Restart the backend if it has run for a while without the port."""
        stack = self.stack
        if self._is_over or stack.wiring.metadata.pid != FILE or not self._runs_without_port():
            return
        self._since = self._since or time.monotonic()
        if time.monotonic() - self._since < (_RACE_S if stack.asks_rest else _OPEN_S):
            return
        self._is_over = True
        said = "the backend has not opened its port for edges, as happens with Metadata.File: it is restarted"
        stack.context.say(f"  {said}")
        container = stack.container(stack.services.backend)
        if container is not None:
            stack.docker.run("restart", "-t", "3", container.id)

    def _runs_without_port(self) -> bool:
        """Its REST API answers whether or not the port is open; of one without it, nothing is known."""
        stack = self.stack
        try:
            if stack.asks_rest:
                stack.rest.online([])
        except BackendError:
            return False
        return not stack.rest.opens_websockets(stack.ports["edges"])
