"""A Compose project as Compose itself resolved it: services, ports, mounts, environment. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Port(TypedDict, total=False):
    """A port in Compose's long syntax."""

    target: int
    published: str
    protocol: str
    host_ip: str


class Volume(TypedDict, total=False):
    """A mount in Compose's long syntax."""

    type: str
    source: str
    target: str
    read_only: bool


class Build(TypedDict, total=False):
    """How an image is built."""

    context: str
    dockerfile: str
    dockerfile_inline: str
    args: dict[str, str | None]


class Service(TypedDict, total=False):
    """What we read of a service in ``docker compose config --format json``; it may have other keys, too.

    Each ``$`` in a text is doubled there (see :func:`plain`).
    """

    image: str
    build: Build
    user: str
    entrypoint: list[str] | None
    command: list[str] | None
    environment: dict[str, str | None]
    env_file: list[str]
    ports: list[Port]
    volumes: list[Volume]
    networks: dict[str, object]
    network_mode: str
    depends_on: dict[str, object]
    working_dir: str
    container_name: str
    hostname: str
    extra_hosts: list[str]
    tmpfs: list[str]


@dataclass(frozen=True)
class Project:
    """A resolved Compose project.

    Attributes:
        name: Compose's project name, by which containers, networks and volumes are called.
        services: the resolved services, by name.
        external_volumes: the volumes that Compose uses, but neither makes nor removes, as its files call them.
        volume_names: how volumes are really called, by the name that the files have for them.
        added: the service that is not in the files, but that the edges are made like; empty if there is none.
    """

    name: str
    services: Mapping[str, Service]
    external_volumes: frozenset[str] = frozenset()
    added: str = ""
    volume_names: Mapping[str, str] = field(default_factory=dict)

    def volume(self, name: str) -> str:
        """How a volume of the files is really called."""
        return self.volume_names.get(name) or f"{self.name}_{name}"

    def only(self, service: str) -> Project:
        """The project with a single service."""
        return replace(self, services={service: self.services[service]}, added="")

    def image(self, service: str) -> str:
        """The image of a service; Compose's own name for one that is only built."""
        return self.services[service].get("image") or f"{self.name}-{service}"

    def published(self, service: str, target: int) -> int | None:
        """The host port that leads to a port of a service; None when no port is sure to."""
        for port in ports_of(self.services[service]):
            outside = _host_port(port)
            if port.get("target") == target and outside is not None:
                return outside
        return None

    def host_ports(self) -> dict[int, str]:
        """All host ports that the services want, each with its service."""
        return {
            outside: name
            for name, service in self.services.items()
            for port in ports_of(service)
            if (outside := _host_port(port)) is not None
        }

    def shifted_ports(self, service: str, offset: int) -> tuple[str, ...]:
        """A service's published ports in Compose's short syntax, each host port moved up by ``offset``."""
        texts = []
        for port in ports_of(self.services[service]):
            host = f"{port['host_ip']}:" if port.get("host_ip") else ""
            outside = str(port.get("published"))
            moved = f"{int(outside) + offset}:" if outside.isdigit() else ""
            texts.append(f"{host}{moved}{port['target']}/{port.get('protocol', 'tcp')}".removesuffix("/tcp"))
        return tuple(texts)

    def bind_target(self, service: str, source: str) -> str | None:
        """Where a folder of the host lies in a service's containers; None when it is not mounted."""
        for volume in volumes_of(self.services[service]):
            if is_bind_of(volume, source):
                return volume["target"]
        return None

    def bind_sources(self) -> set[str]:
        """Files and folders of the host that are mounted into containers."""
        volumes = (volume for service in self.services.values() for volume in volumes_of(service))
        return {volume["source"].rstrip("/") for volume in volumes if volume.get("type") == "bind"}

    def environment(self, service: str) -> dict[str, str]:
        """A service's environment; a variable without a value is left out."""
        return environment_of(self.services[service])


def ports_of(service: Service) -> Iterator[Port]:
    """A service's ports; none where it has no such key, or null there."""
    yield from service.get("ports") or ()


def volumes_of(service: Service) -> Iterator[Volume]:
    """A service's mounts; none where it has no such key, or null there."""
    yield from service.get("volumes") or ()


def is_bind_of(volume: Volume, source: str) -> bool:
    """Whether a mount is this file or folder of the host."""
    return volume.get("type") == "bind" and str(volume.get("source")).rstrip("/") == source.rstrip("/")


def environment_of(service: Service) -> dict[str, str]:
    """A service's environment as its containers get it; a variable without a value is left out."""
    found = service.get("environment") or {}
    return {name: plain(str(value)) for name, value in found.items() if value is not None}


def plain(text: str) -> str:
    """A value as a container gets it: ``docker compose config`` doubles each ``$``, as a compose file has it."""
    return text.replace("$$", "$")


def _host_port(port: Port) -> int | None:
    """The host port of a TCP port; None when it is left to Docker, or is a range."""
    text = str(port.get("published"))
    return int(text) if text.isdigit() and port.get("protocol", "tcp") == "tcp" else None
