"""Folders of the host in which containers keep their data. Those that our run created are removed with it."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.runtimes.docker.stack import Stack

_POSTGRES: Final = "/var/lib/postgresql/data"
_DATA: Final = ("/var/lib/odoo", "/var/lib/influxdb", "/var/lib/influxdb2", "/etc/influxdb2")
"""Where official images keep what they make themselves; in other folders people may have put something."""

_ODOO_CONF: Final = PurePosixPath("/etc/odoo/odoo.conf")
_DATA_DIR: Final = re.compile(r"^[ \t]*data_dir[ \t]*=[ \t]*(\S+)", re.MULTILINE)
_ODOO_DATA: Final = ("addons", "filestore", "sessions")
"""What Odoo makes in its ``data_dir``, which people may have put beside its configuration."""

_REMOVE: Final = """
owner=$1; shift
for path; do
  case $path in
    */.) rm -rf "${path%.}"* "${path%.}".[!.]*; chown "$owner" "$path" ;;
    */) rmdir "$path" || true ;;
    *) rm -rf "$path" ;;
  esac
done
"""
"""``folder`` goes; of ``folder/.`` the contents go; ``folder/`` goes when it is empty. As root of a container."""


def remember(stack: Stack) -> None:
    """Note, before anything is started, which of them are not there or empty."""
    record = stack.context.state.record.entries().get("folders", {})
    found = {str(folder): _missing(stack, folder) for folder in of_services(stack) if _is_empty(folder)}
    if found.keys() - record.keys():
        stack.context.state.record.note(folders={**found, **record})


def remove(stack: Stack) -> tuple[str, ...]:
    """Remove what containers have put there since, as root through a container; the folders, for people."""
    record: dict[str, list[str]] = stack.context.state.record.entries().get("folders", {})
    home = stack.context.platform.path
    gone = tuple(folder for folder in record if Path(folder).is_relative_to(home) and not _is_empty(Path(folder)))
    paths: list[str] = []
    for folder, missing in record.items():
        if not Path(folder).is_relative_to(home):
            continue
        inside = f"/platform/{PurePosixPath(folder).relative_to(home)}"
        paths.append(inside if folder in missing else f"{inside}/.")
        paths += [
            f"/platform/{PurePosixPath(parent).relative_to(home)}/" for parent in missing if parent != folder
        ]
    if paths:
        image = stack.tool_image
        how = ("--rm", "--user", "0:0", "--network", "none", "-v", f"{home}:/platform", "--entrypoint", "sh")
        owner = f"{os.geteuid()}:{os.getegid()}"
        stack.docker.run("run", *how, image, "-c", _REMOVE, "sh", owner, *paths)
    return tuple(str(Path(folder).relative_to(home)) for folder in gone)


def of_services(stack: Stack) -> Iterator[Path]:
    """The data folders in bind mounts of the platform."""
    home = stack.context.platform.path
    for service in stack.services.platform:
        cluster = stack.project.environment(service).get("PGDATA", _POSTGRES)
        volumes = stack.project.services[service].get("volumes") or ()
        wanted = (cluster,) if service == stack.services.database else (*_DATA, *_odoo_data(volumes))
        for volume in volumes:
            source, target = Path(str(volume.get("source"))), PurePosixPath(str(volume.get("target")))
            if volume.get("type") != "bind" or not source.is_relative_to(home) or source == home:
                continue
            yield from (
                source / PurePosixPath(data).relative_to(target) for data in wanted if _lies_in(data, target)
            )


def _odoo_data(volumes: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Odoo's data folders as its mounted configuration says; none if it is not mounted or does not say."""
    for volume in volumes:
        target = PurePosixPath(str(volume.get("target")))
        if volume.get("type") == "bind" and _ODOO_CONF.is_relative_to(target):
            path = Path(str(volume["source"]), _ODOO_CONF.relative_to(target))
            found = (
                _DATA_DIR.search(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else None
            )
            return tuple(f"{found[1]}/{name}" for name in _ODOO_DATA) if found else ()
    return ()


def _lies_in(data: str, target: PurePosixPath) -> bool:
    return PurePosixPath(data).is_relative_to(target)


def _missing(stack: Stack, folder: Path) -> list[str]:
    """The folder and those around it that are not there, the innermost first."""
    home = stack.context.platform.path
    around = (folder, *folder.parents)
    return [str(path) for path in around if path.is_relative_to(home) and path != home and not path.exists()]


def _is_empty(folder: Path) -> bool:
    """Also when it is not there; not when we may not look."""
    try:
        return not any(folder.iterdir())
    except FileNotFoundError:
        return True
    except OSError:
        return False
