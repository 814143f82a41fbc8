"""The service of the light edges' tasks, as ``docker service create`` takes it. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.override import LIGHT_SERVICE
from edge_tasks.light.nodes.files import PORT, TOKEN_FILE
from edge_tasks.runtimes.docker.light_container import FLEET

if TYPE_CHECKING:
    from collections.abc import Mapping

ANYWHERE: Final = "any"
"""The placement that lets all nodes have tasks."""
SPEC: Final = "edge-tasks.spec"
"""The label with the digest of what a service was created from."""
_MACHINES: Final = {"amd64": "x86_64", "arm64": "aarch64"}
"""The architecture of an image → how a node calls it."""
_NOBODY: Final = "65534:65534"
_MEMORY: Final = "128M"
"""What the scheduler reserves for a task: 2,500 edges of 30 KiB, and Python."""


@dataclass(frozen=True)
class LightTasks:
    """What the tasks of a fleet are.

    Attributes:
        fleet_id: whose they are.
        image: with Python.
        is_local: the image has no digest of a registry: nodes are not to ask one for it.
        program: digest of the light edges' program.
        bootstrap: what the container begins with.
        architecture: of the program, as Docker calls it.
        placement: constraints, as Docker takes them.
        layout: what decides which part an edge belongs to; with another one all tasks begin anew.
        token: of the keeper.
        registry: through which nodes get the image, as people name it.
    """

    fleet_id: str
    image: str
    is_local: bool
    program: str
    bootstrap: str
    architecture: str
    placement: tuple[str, ...]
    layout: str
    token: str = field(repr=False)
    registry: str = ""

    @property
    def name(self) -> str:
        """The service's, which the logs show."""
        return service_of(self.fleet_id)

    @property
    def network(self) -> str:
        """Where the tasks find the backend and the keeper."""
        return name_of(self.fleet_id)

    @property
    def secret(self) -> str:
        """The name of the secret with the token."""
        return f"{self.network}-keeper-{_digest(self.token)[:8]}"

    @property
    def label(self) -> str:
        """What marks everything that we make in the Swarm."""
        return label_of(self.fleet_id)

    @property
    def spec(self) -> str:
        """A digest that differs if the tasks must be made anew."""
        return _digest("\0".join((*self._arguments(self.image), self.program, self.layout, self.registry)))

    def creation(self, replicas: int, shipped: str = "") -> tuple[str, ...]:
        """The arguments after ``docker``; ``shipped`` is what nodes call an image that was pushed."""
        labels = ("--label", self.label, "--label", f"{SPEC}={self.spec}", "--replicas", str(replicas))
        return ("service", "create", "--detach", "--quiet", *labels, *self._arguments(shipped or self.image))

    def _arguments(self, image: str) -> tuple[str, ...]:
        pairs = (option for key, value in self._environment().items() for option in ("--env", f"{key}={value}"))
        is_known = self.is_local or image != self.image
        placed = (option for one in self._constraints() for option in ("--constraint", one))
        return (
            *("--name", self.name, "--network", self.network, "--endpoint-mode", "dnsrr"),
            *("--secret", f"source={self.secret},target={TOKEN_FILE}"),
            *("--mount", f"type=tmpfs,destination={FLEET},tmpfs-mode=1777"),
            *("--user", _NOBODY, "--init", "--reserve-memory", _MEMORY),
            *("--restart-delay", "1s", "--stop-grace-period", "20s"),
            *("--sysctl", "net.ipv4.ip_local_port_range=1024 65535"),
            *("--log-driver", "json-file", "--log-opt", "max-size=5m", "--log-opt", "max-file=2"),
            *("--with-registry-auth", *(["--no-resolve-image"] if is_known else [])),
            *placed,
            *pairs,
            *("--entrypoint", "python3", image, "-u", "-c", self.bootstrap),
        )

    def _environment(self) -> Mapping[str, str]:
        return {
            "KEEPER": f"{LIGHT_SERVICE}:{PORT}",
            "TOKEN_FILE": f"/run/secrets/{TOKEN_FILE}",
            "SLOT": "{{.Task.Slot}}",
            "TASK": "{{.Task.ID}}",
            "NODE": "{{.Node.Hostname}}",
            "FOLDER": str(FLEET),  # in memory; the fleet file names its files there
        }

    def _constraints(self) -> tuple[str, ...]:
        return (platform_of(self.architecture), *self.placement)


def platform_of(architecture: str) -> str:
    """The constraint for nodes that can run images of an architecture, as Docker calls it for images."""
    return f"node.platform.arch=={_MACHINES.get(architecture, architecture)}"


def constraints_of(placement: str) -> tuple[str, ...]:
    """The constraints of a ``--placement``; ``any`` has none."""
    return () if placement == ANYWHERE else tuple(placement.split(","))


def service_of(fleet_id: str) -> str:
    """The name of the service with the tasks of a fleet."""
    return f"{name_of(fleet_id)}-light"


def name_of(fleet_id: str) -> str:
    """What everything of a fleet in the Swarm is called; no other fleet has it."""
    return f"edge-tasks-{_digest(fleet_id)[:8]}"


def label_of(fleet_id: str) -> str:
    """What marks everything of a fleet in the Swarm."""
    return f"edge-tasks.fleet={fleet_id}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
