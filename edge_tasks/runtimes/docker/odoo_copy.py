"""A copy of an initialised Odoo: the data directory of its PostgreSQL, and its filestore.

A data directory is put into an empty volume in half a second, where ``initdb`` and ``pg_restore`` need four. It
is copied while the server is stopped, in a container like it. There the role gets a password that is drawn for
the copy alone, and the log of what was written before is left out. What Odoo draws by lot for each database (the
secret that signs its sessions) is drawn again once a copy was made, and once it was restored. So a copy holds no
secret of any platform.
"""

from __future__ import annotations

import secrets
import tarfile
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import write_file
from edge_tasks.errors import CommandFailed, DatabaseRefused
from edge_tasks.registry.odoo import fresh, server
from edge_tasks.runtimes.docker.service_start import STARTABLE
from edge_tasks.runtimes.docker.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.adapters.containers import Container
    from edge_tasks.registry.odoo.server import Database
    from edge_tasks.runtimes.docker.stack import Stack

_CLUSTER: Final = "cluster.tar.gz"
_FILES: Final = "files.tar"
_PASSWORD: Final = "password"  # noqa: S105 - the name of a file
_START_S: Final = 120.0
_ENDED: Final = frozenset({"exited", "dead", "restarting"})
_UNREADABLE: Final = ("archive/tar", "gzip", "unexpected EOF", "invalid tar")
"""How an engine says that an archive is none."""
_VERSION_FILE: Final = "PG_VERSION"
"""Without it a data directory is none, so it comes last."""
_OWNER: Final = f'stat -c %u:%g "$1/{_VERSION_FILE}"'
_PACK_CLUSTER: Final = f"""
set -e
kept=/tmp/edge-tasks-kept
mkdir -m 700 "$kept"
cp -R "$1"/. "$kept"
rm -f "$kept/postmaster.pid" "$kept/postmaster.opts"
postgres --single -D "$kept" postgres >/dev/null <<SQL
ALTER ROLE $2 PASSWORD '$PASSWORD'
VACUUM FULL pg_authid
SQL
pg_resetwal -D "$kept" >/dev/null
cd "$kept"
tar -cf "$kept.tar" $(ls -A | grep -vx {_VERSION_FILE}) {_VERSION_FILE}
exec gzip -1 -c "$kept.tar"
"""
_EMPTY: Final = 'rm -rf "${1:?}"/* "${1:?}"/.[!.]*'
_FOLDER: Final = """
conf=${ODOO_RC:-/etc/odoo/odoo.conf}
data=$(sed -n "s/^[[:space:]]*data_dir[[:space:]]*=[[:space:]]*//p" "$conf" 2>/dev/null | tail -n 1)
folder=${data:-/var/lib/odoo}/filestore/$1
"""
_PACK: Final = _FOLDER + 'exec tar -C "$folder" -cf - .'
_UNPACK: Final = _FOLDER + 'mkdir -p "$folder" && exec tar -C "$folder" -xf -'


class NoGood(CommandFailed):
    """A copy is not what it should be, and is to be thrown away."""


@dataclass(frozen=True)
class OdooCopy:
    """Makes and restores copies.

    Attributes:
        data: PostgreSQL's data directory, in its container.
    """

    stack: Stack
    data: str

    def make(self, folder: Path) -> dict[str, str]:
        """Write a copy into a folder; what :meth:`restore` must be told of it. PostgreSQL runs, before and after.

        Raises:
            CommandFailed: it is not whole.
            RegistrationError: the database cannot be asked.
        """
        found = fresh.look_at(self.stack.database)
        if found.others:
            raise CommandFailed(f"{', '.join(found.others)} can log in to PostgreSQL, too, with a password")
        if found.databases:
            raise CommandFailed(f"PostgreSQL has other databases, too: {', '.join(found.databases)}")
        if found.files:
            self._save_files(folder / _FILES, found.files)
        self._save_cluster(folder)
        fresh.draw_again(self.stack.database)
        return {"postgresql": found.server, "files": str(len(found.files)), "admin": found.admin}

    def can_be_restored(self) -> bool:
        """Whether the data directory is empty; the platform's containers that are missing are made for that.

        Raises:
            CommandFailed: Compose cannot make them.
        """
        stack = self.stack
        found = {one.service: one for one in stack.containers()}
        own = found.get(stack.services.database)
        if own is not None and own.state not in STARTABLE:
            return False
        if missing := [name for name in stack.services.platform if name not in found]:
            stack.compose.create(missing, parallel=len(missing))
        return not self.stack.docker.has_file(self._server.id, f"{self.data}/{_VERSION_FILE}")

    def restore(self, folder: Path) -> None:
        """Fill the data directory, which is empty.

        Raises:
            NoGood: the engine cannot unpack it.
            CommandFailed: Docker refused for another reason.
        """
        try:
            self.stack.docker.feed(folder / _CLUSTER, "cp", "-", f"{self._server.id}:{self.data}")
        except CommandFailed as error:
            if any(word in error.message for word in _UNREADABLE):
                raise NoGood(error.message) from None
            raise

    def take_over(self, folder: Path, about: Mapping[str, str]) -> None:
        """Make it the platform's: with secrets of its own, and the platform's password. The server is starting.

        Raises:
            NoGood: the copy is not what it should be, or the server has ended with it.
            CommandFailed: it cannot be looked at.
            RegistrationError: the server does not answer in time.
        """
        stack = self.stack
        before = replace(stack.database, password=(folder / _PASSWORD).read_text(encoding="utf-8"))
        try:
            self.await_server(before)
        except DatabaseRefused as error:
            raise NoGood(error.message) from None
        except CommandFailed as error:
            if self._server.state in _ENDED:
                raise NoGood(error.message) from None
            raise
        if not fresh.take_over(before, stack.database, about["admin"]):
            raise NoGood("its admin has another password than a fresh one")

    def await_server(self, database: Database) -> None:
        """Wait until PostgreSQL lets us in.

        Raises:
            CommandFailed: its container has ended.
            RegistrationError: it refuses, or does not answer in time.
        """
        watch = Watch(self.stack, self.stack.services.database)
        server.await_server(database, time.monotonic() + _START_S, watch.require_running)

    def restore_files(self, folder: Path, about: Mapping[str, str]) -> None:
        """Fill Odoo's filestore.

        Raises:
            CommandFailed: Docker refused.
        """
        if about["files"] != "0":
            self.stack.docker.feed(folder / _FILES, *self._in_odoo(_UNPACK))

    def remove(self) -> None:
        """Empty the data directory again, and stop the server and Odoo, which use it.

        Raises:
            CommandFailed: Docker refused.
        """
        stack = self.stack
        services = stack.services
        if self.data in ("", "/"):
            raise CommandFailed(
                f"nobody knows where {services.database} keeps its data, to remove a part of a copy"
            )
        if stack.container(services.database) is None:
            stack.compose.create((services.database,), parallel=1)
        users = [one for one in stack.containers() if one.service in (services.database, services.odoo)]
        if running := [one.id for one in users if one.state not in STARTABLE]:
            stack.docker.run("stop", "-t", "1", *running)
        stack.docker.run(*self._beside(self._server, "0:0"), "-c", _EMPTY, "sh", self.data)

    @property
    def _server(self) -> Container:
        service = self.stack.services.database
        container = self.stack.container(service)
        if container is None:
            raise CommandFailed(f"{service} has no container")
        return container

    def _beside(self, server: Container, user: str, *how: str, mode: str = "rw") -> tuple[str, ...]:
        """A shell in a container like the server's, with its volumes."""
        alone = ("--rm", "--network", "none", "--user", user, "--volumes-from", f"{server.id}:{mode}")
        return ("run", *alone, *how, "--entrypoint", "sh", server.image)

    def _save_cluster(self, folder: Path) -> None:
        """Copy the data directory while the server is stopped."""
        docker, database = self.stack.docker, self.stack.database
        server = self._server
        owner = docker.ask("exec", server.id, "sh", "-c", _OWNER, "sh", self.data).strip()
        password = secrets.token_hex(16)
        write_file(folder / _PASSWORD, password)
        pack = self._beside(server, owner, "-e", "PASSWORD", mode="ro")
        docker.run("stop", "-t", "30", server.id)
        try:
            role = database.user.replace('"', '""')
            command = (*pack, "-c", _PACK_CLUSTER, "sh", self.data, f'"{role}"')
            docker.save(folder / _CLUSTER, *command, more={"PASSWORD": password})
        finally:
            docker.run("start", server.id)
        self.await_server(database)

    def _save_files(self, target: Path, names: Sequence[str]) -> None:
        self.stack.docker.save(target, *self._in_odoo(_PACK))
        with tarfile.open(target) as archive:
            missing = set(names) - {name.removeprefix("./") for name in archive.getnames()}
        if missing:
            raise CommandFailed(f"Odoo's filestore lacks {len(missing)} of {len(names)} files")

    def _in_odoo(self, script: str) -> tuple[str, ...]:
        """A script in Odoo's container; while that does not run, in one like it."""
        stack = self.stack
        container = stack.container(stack.services.odoo)
        if container is not None and container.is_running:
            return ("exec", "-i", container.id, "sh", "-c", script, "sh", stack.database.name)
        how = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", stack.services.odoo)
        return stack.compose.arguments(*how, "-c", script, "sh", stack.database.name)
