"""What is wrong on the way of a point from the backend to where history is stored: facts → findings. Pure.

Nothing of it keeps an edge from being online, and the backend says nothing of it: so these are remarks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.fault import PlatformFault
from edge_tasks.checkout.findings import Finding
from edge_tasks.checkout.project import environment_of
from edge_tasks.checkout.timedata_config import AGGREGATED, DUMMY, INFLUXDB, Provider, TimedataConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edge_tasks.adapters.influxdb import Answer
    from edge_tasks.checkout.project import Project, Service

PORT: Final = 8086
"""Where InfluxDB listens."""

_OLDEST: Final = (1, 8)
_SECOND: Final = 2
_NEXT: Final = "then restart the backend, which drops writes after failures: docker restart"
_CALLED: Final = re.compile(r"(?:^|/)influxdb(?::v?(\d+(?:\.\d+)*))?")
_BIND: Final = ("INFLUXDB_HTTP_BIND_ADDRESS", "INFLUXD_HTTP_BIND_ADDRESS")
_SELF: Final = re.compile(r"localhost|127\..*|::1|0\.0\.0\.0")
_PAGE: Final = "page not found"
_GOOD: Final = 300
_EMPTY: Final = 400
_LOGIN: Final = (401, 403)
_MISSING: Final = 404


@dataclass(frozen=True)
class Place:
    """Where things are, for people.

    Attributes:
        folder: the backend's ``config.d``.
        service: file and line of an entry of a service.
        backend: the backend's service.
    """

    folder: str
    service: Callable[..., str]
    backend: str

    def of(self, provider: Provider, name: str) -> str:
        """File and line of a property, or the file if it has none."""
        line = provider.lines.get(name)
        return f"{self.folder}/{provider.file}{f':{line}' if line else ''}"


def influxdbs(config: TimedataConfig) -> tuple[Provider, ...]:
    """The providers that store in an InfluxDB."""
    return tuple(provider for provider in config.providers if provider.pid in (INFLUXDB, AGGREGATED))


def service_of(provider: Provider, project: Project) -> str | None:
    """The service of the project to which the URL leads; None when it leads elsewhere, or nowhere."""
    return next((name for name, one in project.services.items() if provider.host in _names(name, one)), None)


def check_timedata(config: TimedataConfig, project: Project, place: Place) -> list[Finding]:
    """Judge what the files say."""
    if not config.providers or all(provider.pid == DUMMY for provider in config.providers):
        what = "the provider is Timedata.Dummy" if config.providers else "no provider is configured"
        where = f"{place.folder}/{config.providers[0].file if config.providers else 'Timedata'}"
        change = "configure Timedata.InfluxDB instead if you want history (docs/howto/influxdb.md)"
        return [_remark(f"no history is stored: {what}", where, change, PlatformFault.HISTORY_NOT_STORED)]
    return [found for provider in influxdbs(config) for found in _of_provider(provider, project, place)]


def check_creation(provider: Provider, project: Project, place: Place) -> list[Finding]:
    """Find a database that nobody creates, as long as its InfluxDB 1 cannot be asked."""
    service = service_of(provider, project)
    if service is None or not provider.database or version_of(project.services[service])[:1] != (1,):
        return []
    created = environment_of(project.services[service]).get("INFLUXDB_DB")
    if created == provider.database:
        return []
    what = f"INFLUXDB_DB is {created or 'not set'}: nobody creates database {provider.database}"
    return [_remark(what, place.service(service, "environment"), f"INFLUXDB_DB: {provider.database}")]


def check_answer(provider: Provider, answer: Answer, container: str, backend: str, place: Place) -> list[Finding]:
    """Judge what the running InfluxDB said to a write.

    Args:
        provider: that writes there.
        answer: to a write of no points with the provider's login and bucket.
        container: of InfluxDB.
        backend: the backend's container.
        place: where things are.
    """
    status, said = answer.status, f" ({answer.words})" if answer.words else ""
    if 0 < status < _GOOD or (status == _EMPTY and _is_second(answer.version)):
        return []
    if status == 0:
        what, where = f"InfluxDB does not answer{said}: every point is thrown away", place.of(provider, "url")
        return [
            _remark(what, where, f"docker logs {container}; {_NEXT} {backend}", PlatformFault.HISTORY_REFUSED)
        ]
    if status == _MISSING and _PAGE in answer.words:
        return [_too_old(answer.version or "the version", place.of(provider, "url"), place.backend)]
    if status in _LOGIN:
        what = f"InfluxDB refuses the login{said}: every point is thrown away"
        change = (
            f"correct apiKey ({'a token' if _is_second(answer.version) else 'user:password'}); {_NEXT} {backend}"
        )
        return [_remark(what, place.of(provider, "apiKey"), change, PlatformFault.HISTORY_REFUSED)]
    if status == _MISSING:
        what = f"{provider.bucket or 'its bucket'} is not there{said}: every point is thrown away, without a word"
        change = f"{_creation(provider, container, answer.version)}; {_NEXT} {backend}"
        return [_remark(what, place.of(provider, "bucket"), change, PlatformFault.HISTORY_REFUSED)]
    what = f"InfluxDB refuses what the backend writes ({status}){said}"
    return [
        _remark(
            what, place.of(provider, "bucket"), f"correct it; {_NEXT} {backend}", PlatformFault.HISTORY_REFUSED
        )
    ]


def _of_provider(provider: Provider, project: Project, place: Place) -> Iterator[Finding]:
    if provider.is_read_only:
        what = "isReadOnly is true: the backend writes no points there"
        yield _remark(what, place.of(provider, "isReadOnly"), 'make it B"false"')
    if not provider.bucket:
        yield _remark("it names no bucket", place.of(provider, "bucket"), 'bucket="openemsdb/autogen"')
    servers = [name for name, one in project.services.items() if _is_influxdb(name, one)]
    right = f"make it http://{servers[0] if servers else 'influxdb'}:{PORT}"
    where = place.of(provider, "url")
    service = service_of(provider, project)
    if not provider.scheme:
        yield _remark(f"url {provider.url!r} is no address that the backend can use", where, right)
    elif _SELF.fullmatch(provider.host):
        yield _remark(f"url leads to {provider.host}, which is the backend's own container", where, right)
    elif service is not None:
        yield from _of_service(provider, service, project, place)
    elif "." not in provider.host:
        change = right if servers else f"add an InfluxDB to the compose file, then {right}"
        yield _remark(f"url names {provider.host}, which is no service of this project", where, change)


def _of_service(provider: Provider, service: str, project: Project, place: Place) -> Iterator[Finding]:
    found = project.services[service]
    if not _is_influxdb(service, found):
        return
    version, where = version_of(found), place.of(provider, "url")
    if version and version < _OLDEST:
        text = ".".join(map(str, version))
        yield _too_old(text, place.service(service, "image"), place.backend)
    if provider.port != (port := _listens(found)):
        change = f"make it http://{service}:{port}"
        yield _remark(f"url names port {provider.port}, but {service} listens on {port}", where, change)
    if version[:1] >= (_SECOND,) and provider.org == "-":
        yield _remark(f"InfluxDB 2 needs an organisation, and {provider.org!r} is none", where, "set org")
    ours, theirs = (set(project.services[name].get("networks") or ()) for name in (place.backend, service))
    if ours and theirs and not ours & theirs:
        change = f"add one of {', '.join(sorted(ours))} to the networks of {service}"
        what = f"{place.backend} and {service} have no network in common"
        yield _remark(what, place.service(service, "networks"), change)


def _too_old(version: str, where: str, backend: str) -> Finding:
    what = f"InfluxDB {version} is older than 1.8, the first one that {backend} can write to"
    return _remark(what, where, "image: influxdb:1.8")


def _creation(provider: Provider, container: str, version: str) -> str:
    if _is_second(version):
        return f"docker exec {container} influx bucket create --name {provider.bucket} --org {provider.org}"
    return f"docker exec {container} influx -execute 'CREATE DATABASE \"{provider.database}\"'"


def _remark(what: str, where: str, change: str, fault: PlatformFault = PlatformFault.HISTORY_WIRING) -> Finding:
    return Finding(what, where, change, is_error=False, fault=fault)


def _is_influxdb(name: str, service: Service) -> bool:
    return name.startswith("influx") or _CALLED.search(service.get("image") or "") is not None


def version_of(service: Service) -> tuple[int, ...]:
    """As the image's tag has it; empty where it does not say."""
    found = _CALLED.search(service.get("image") or "")
    return tuple(map(int, found[1].split("."))) if found and found[1] else ()


def _is_second(version: str) -> bool:
    return re.match(rf"{_SECOND}\b", version) is not None


def _listens(service: Service) -> int:
    environment = environment_of(service)
    given = next((environment[name] for name in _BIND if name in environment), "")
    port = given.rpartition(":")[2]
    return int(port) if port.isdigit() else PORT


def _names(name: str, service: Service) -> set[str]:
    """The names by which other services reach it."""
    given: Mapping[str, object] = service
    networks = service.get("networks") or {}
    aliases = (entry.get("aliases") or () for entry in networks.values() if isinstance(entry, dict))
    others = {str(given["container_name"])} if given.get("container_name") else set()
    return {name, *others, *(str(alias) for found in aliases for alias in found)}
