"""What the generated edge services take over from the platform's own one, as Compose resolved it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.project import environment_of, is_bind_of, plain, volumes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edge_tasks.adapters.containers import Image
    from edge_tasks.checkout.project import Service, Volume

JAVA: Final = "JAVA_TOOL_OPTIONS"
"""Every JVM reads it; the JVM's own command line wins."""

DATA_DIRECTORY: Final = "-Dopenems.data.dir=/tmp/openems-data"
"""Without it an edge writes its rrd4j files where it was started, where only root may write."""

CONFIG_TARGET: Final = "/etc/openems.d"

_CARRIED: Final = (
    *("cap_add", "cap_drop", "cgroup", "cgroup_parent", "command", "configs", "cpu_count", "cpu_percent"),
    *("cpu_period", "cpu_quota", "cpu_shares", "cpus", "cpuset", "device_cgroup_rules", "devices", "dns"),
    *("dns_opt", "dns_search", "domainname", "entrypoint", "extra_hosts", "gpus", "group_add", "init", "ipc"),
    *("isolation", "links", "logging", "network_mode", "oom_score_adj", "pid", "pids_limit", "platform"),
    *("privileged", "read_only", "restart", "runtime", "secrets", "security_opt", "shm_size", "stop_signal"),
    *("stop_grace_period", "storage_opt", "sysctls", "tmpfs", "ulimits", "userns_mode", "uts", "working_dir"),
)
"""Keys of a service that every edge can have. Left out are container_name, hostname, mac_address, ports and
expose, which only one container can have; labels, by which other tools find one container; and what is ours to
decide: build, depends_on, profiles, scale, healthcheck, mem_limit, deploy, user."""

_WORD: Final = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+""")
_HEAP: Final = re.compile(r"-Xm[sx]|-XX:(?:(?:Max|Initial|Min)RAMPercentage|(?:Max|Initial)HeapSize)=")
_COLLECTOR: Final = re.compile(r"-XX:[+-]Use\w+GC$")
_KEY: Final = re.compile(r"-XX:[+-]?\w+|-D[^=]+|-X[a-z]+(?=[0-9:]|$)")
_FELIX: Final = re.compile(r"-Dfelix\.cm\.dir=(\S+)")
_ROOT: Final = ("root", "0", "0:0", "root:root")
_LEADS_TO_INIT: Final = ("/init", "/s6-init")
"""s6-overlay, which OpenEMS' own images use: it starts as root and changes to PUID:PGID."""


@dataclass(frozen=True)
class Caller:
    """The user who runs this, as far as an edge's container depends on it.

    Attributes:
        rootless: root inside a container is this user outside.
    """

    uid: int
    gid: int
    rootless: bool = False


@dataclass(frozen=True)
class Inheritance:
    """What every edge takes over.

    Attributes:
        options: keys of a Compose service, but for its volumes.
        volumes: that edges can share, in Compose's long syntax.
        environment: may hold secrets of the user's.
        networks: by name.
        config_target: where the container expects its config directory.
        user: ``uid:gid``; empty leaves it to the image.
        left_out: mounts that edges cannot share, each ``source at target``.
    """

    options: Mapping[str, object] = field(repr=False)
    volumes: tuple[Volume, ...]
    environment: Mapping[str, str] = field(repr=False)
    networks: tuple[str, ...]
    config_target: str
    user: str
    left_out: tuple[str, ...]


def inherit(
    service: Service,
    image: Image,
    caller: Caller,
    template: str,
    is_file: Callable[[str], bool],
) -> Inheritance:
    """Decide what every edge takes over from the platform's own edge service.

    Args:
        service: as ``docker compose config --format json`` has it, ``$`` doubled.
        image: of the service.
        caller: who runs this.
        template: the host's folder with the edge template.
        is_file: a path of the host is a file, not a folder.
    """
    target = config_target(service, image, template)
    others = [v for v in volumes_of(service) if str(v.get("target")).rstrip("/") != target.rstrip("/")]
    shared = [v for v in others if _can_be_shared(v, is_file)]
    given: Mapping[str, object] = service
    options = {key: given[key] for key in _CARRIED if given.get(key) not in (None, [], {})}
    user = _user(str(service.get("user") or image.user), image, service, caller)
    environment = environment_of(service)
    if not user and _starts_by_init(image, service) and not _is_root(caller):
        environment |= {"PUID": str(caller.uid), "PGID": str(caller.gid)}
    if user and not user.startswith("0:"):
        environment.setdefault("HOME", "/tmp")  # noqa: S108 - the container's own
    return Inheritance(
        options=options,
        volumes=tuple(shared),
        environment=environment,
        networks=tuple(name for name in service.get("networks") or () if name != "default"),
        config_target=target,
        user=user,
        left_out=tuple(f"{v.get('source') or 'a volume'} at {v['target']}" for v in others if v not in shared),
    )


def config_target(service: Service, image: Image, template: str) -> str:
    """Where the template is mounted, else what the JVM is told, else what OpenEMS documents."""
    for volume in volumes_of(service):
        if is_bind_of(volume, template):
            return volume["target"]
    texts = (*words_of(service), *environment_of(service).values(), *image.words, *image.environment.values())
    found = (match[1] for text in texts if (match := _FELIX.search(text)))
    return next(found, CONFIG_TARGET)


def words_of(service: Service) -> Sequence[str]:
    """The words of a service's own entrypoint and command; none when it leaves both to its image."""
    found = (*(service.get("entrypoint") or ()), *(service.get("command") or ()))
    return [plain(str(word)) for word in found]


def java_options(heap: str, ours: Iterable[str], theirs: str) -> str:
    """Our options and the platform's. The heap is ours; otherwise theirs win, because some exclude each other."""
    given = [word for word in _WORD.findall(theirs) if not _HEAP.match(word)]
    known = {_key(word) for word in given}
    return " ".join((f"-Xmx{heap}", *(word for word in ours if _key(word) not in known), *given))


def foreign_heap(theirs: str) -> tuple[str, ...]:
    """The platform's options that ``--edge-heap`` replaces."""
    return tuple(word for word in _WORD.findall(theirs) if _HEAP.match(word))


def environment_file(environment: Mapping[str, str]) -> str:
    """The text of an ``env_file`` of Compose's, quoted so that nothing in a value is interpreted."""
    lines = (f"{name}={_quoted(value)}\n" for name, value in sorted(environment.items()))
    return "# Generated by edge-tasks: what docker-compose.yml gives the platform's own edge.\n" + "".join(lines)


def _user(given: str, image: Image, service: Service, caller: Caller) -> str:
    """The user of an edge: the caller, who alone may read the files, or root if the compose file says so.

    Empty when the image does the same by itself.
    """
    if _is_root(caller):
        return "" if given in ("", *_ROOT) else "0:0"
    if str(service.get("user")) in _ROOT:
        return "0:0"
    return "" if _starts_by_init(image, service) else f"{caller.uid}:{caller.gid}"


def _is_root(caller: Caller) -> bool:
    return caller.uid == 0 or caller.rootless


def _starts_by_init(image: Image, service: Service) -> bool:
    words = words_of(service) if service.get("entrypoint") else image.words
    return bool(words) and words[0] in _LEADS_TO_INIT


def _can_be_shared(volume: Volume, is_file: Callable[[str], bool]) -> bool:
    if volume.get("read_only") or volume.get("type") == "tmpfs":
        return True
    return volume.get("type") == "bind" and is_file(str(volume.get("source")))


def _key(word: str) -> str:
    if _COLLECTOR.match(word):
        return "collector"
    found = _KEY.match(word)
    return found[0].replace(":+", ":").replace(":-", ":") if found else word


def _quoted(value: str) -> str:
    if "'" not in value and "\\" not in value:
        return f"'{value}'"
    for special in ("\\", '"', "$"):
        value = value.replace(special, f"\\{special}")
    return '"' + value.replace("\n", "\\n").replace("\r", "\\r") + '"'
