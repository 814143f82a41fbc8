"""The port of the platform's InfluxDB: published on loopback when a past is to be written there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import write_file
from edge_tasks.adapters.influxdb import write_nothing
from edge_tasks.adapters.processes import until
from edge_tasks.checkout.override import READABLE
from edge_tasks.errors import CommandFailed, SettingsError
from edge_tasks.plan import Plan
from edge_tasks.runtimes.docker import hosting
from edge_tasks.runtimes.docker.host_ports import HOST
from edge_tasks.runtimes.docker.influxdb_volume import data_folders, is_mounted

if TYPE_CHECKING:
    from edge_tasks.adapters.containers import Container
    from edge_tasks.runtimes.docker.stack import Stack

_START_S: Final = 60.0
_PAUSE_S: Final = 0.5


@dataclass(frozen=True)
class InfluxDbPort:
    """Publishes it if the platform does not. That makes the container anew, so it is not done without need.

    Attributes:
        stack: as the platform is now.
    """

    stack: Stack

    def find(self) -> Plan[str]:
        """Whether it must be published; the details are the service's name.

        Nothing is planned for an InfluxDB that does not run, or that is no service of the platform.
        """
        stack, unchanged = self.stack, "InfluxDB can be reached"
        service, port = stack.influxdb or ("", 0)
        container = stack.container(service) if service else None
        if container is None or not container.is_running or self._is_published(service, port, container):
            return Plan((), unchanged, service)
        refusal = (
            None
            if is_mounted(stack.project.services[service], container.mounts)
            else self._refusal(service, port)
        )
        change = f"publish port {port} of {service} on {HOST}, which makes its container anew"
        return Plan((change,), unchanged, service, refusal=refusal)

    def apply(self, plan: Plan[str]) -> str:
        """Write the override, make the container anew, and wait until it answers.

        Raises:
            CommandFailed: it does not start, or does not answer.
        """
        service = plan.details
        self.stack.context.state.record.note(history_open=True)
        stack = type(self.stack)(self.stack.context)
        write_file(stack.context.override, hosting.override(stack).text, READABLE)
        stack.compose.up((service,), parallel=1)
        port, deadline = stack.ports["history"], time.monotonic() + _START_S
        while not _answers(stack, port):
            if not until(deadline, _PAUSE_S):
                raise CommandFailed(
                    f"{service} does not answer at port {port}", hint=f"inv logs --service {service}"
                )
        return f"{service} at {HOST}:{port}, for what is written there from here"

    def _is_published(self, service: str, port: int, container: Container) -> bool:
        stack = self.stack
        if stack.project.published(service, port) is not None:
            return True
        return stack.reached.of_override().get((service, port)) in container.host_ports

    def _refusal(self, service: str, port: int) -> SettingsError:
        where = self.stack.place(service)
        folders = " or ".join(data_folders(self.stack.project.services[service]))
        return SettingsError(
            f"{where}: its port cannot be published, because that makes its container anew,"
            " and its data lie in no volume that has a name",
            hint=f"give {service} a volume at {folders}, or ports: ['{HOST}:{port}:{port}'];"
            " either makes it anew, too, so save its data before, if you need them",
        )


def _answers(stack: Stack, port: int) -> bool:
    provider = stack.backend_files.timedata.influxdb
    if provider is None:
        return True
    return write_nothing(HOST, port, provider.bucket, provider.org, provider.api_key).status != 0
