"""How a data directory of PostgreSQL comes to be: out of what is kept, or by `initdb`.

One that is or can be kept has a password that was drawn for it, in a file. The server that starts in it gives its
user the platform's password, and removes the file (:mod:`.postgres_server`).
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.embedded.kept_cluster import KeptCluster
from edge_tasks.runtimes.embedded.postgres_programs import (
    major_of,
    private_file,
    private_folder,
    remove_folder,
    run_initdb,
    run_single,
    text_of,
    version_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from edge_tasks.adapters.kept_files import KeptFiles

_INITDB: Final = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--set=scram_iterations=1",  # they make guesses expensive, and nobody guesses 32 letters that were drawn
)
TO_REPLACE: Final = "edge-tasks-first-password"
"""The file with the password that is still to be replaced."""
RESTORED: Final = "edge-tasks-restored"
"""Likewise: the file that says that it was made out of what is kept."""
_NEEDED: Final = ("PG_VERSION", "global/pg_control", TO_REPLACE)


@dataclass(frozen=True)
class Contents:
    """What a data directory has from the start.

    Attributes:
        user: the superuser.
        password: of that user.
        database: the name of one that it has if it is, or can be, kept; empty for none.
        statements: SQL that fills this database.
    """

    user: str
    password: str = field(repr=False)
    database: str = ""
    statements: str = field(default="", repr=False)


@dataclass(frozen=True)
class NewCluster:
    """A data directory that is made.

    Attributes:
        programs: the folder of `initdb` and `postgres`.
        prefix: the words that make a command run as the server's user.
        log: the server's log.
        kept: where data directories are kept for the user's next servers; None for nowhere.
        say: prints a line for people.
    """

    programs: Path
    prefix: Sequence[str]
    contents: Contents
    log: Path
    kept: KeptFiles | None
    say: Callable[[str], None]

    def make(self, fresh: Path) -> None:
        """Make it where nothing is.

        Raises:
            CommandFailed: `initdb` failed.
        """
        private_folder(fresh)
        if not self._is_restored(fresh):
            remove_folder(fresh)
            private_folder(fresh)
            self._initialise(fresh)

    def _is_restored(self, fresh: Path) -> bool:
        """Whether one that is kept was restored."""
        if self.kept is None:
            return False
        cluster = self._cluster(self.kept)
        if not cluster.restore(fresh, self.prefix):
            return False
        if self._is_usable(fresh):
            return True
        cluster.discard(fresh, "it is not whole, or of another PostgreSQL")
        return False

    def _is_usable(self, fresh: Path) -> bool:
        """Whether what was restored is there, can be read, and was made by these programs' version."""
        try:
            found = all((fresh / name).is_file() for name in _NEEDED)
            is_usable = found and text_of(fresh / "PG_VERSION").strip() == major_of(self.programs)
            if is_usable:
                private_file(fresh / RESTORED, "")
        except OSError:
            return False
        return is_usable

    def discard_kept(self, fresh: Path, why: str) -> None:
        """What is kept has turned out to be no good: remove it, and say so."""
        if self.kept is not None:
            self._cluster(self.kept).discard(fresh, why)

    def _initialise(self, fresh: Path) -> None:
        """Run `initdb`."""
        secret = fresh.with_suffix(".pw")
        password = self.contents.password if self.kept is None else secrets.token_hex()
        command = [str(self.programs / "initdb"), f"--pgdata={fresh}", f"--pwfile={secret}", "--no-sync"]
        try:
            private_file(secret, password + "\n")
            run_initdb([*self.prefix, *command, *self._options], self.log)
        finally:
            secret.unlink(missing_ok=True)
        if self.kept is not None:
            private_file(fresh / TO_REPLACE, password)
            if self._is_filled(fresh):
                self._cluster(self.kept).keep(fresh, self.prefix)

    def _is_filled(self, fresh: Path) -> bool:
        """Make the database; False if that failed: it is made once the server runs, and nothing is kept."""
        name = self.contents.database
        try:
            if name:
                run_single(self._server, fresh, "postgres", f'CREATE DATABASE "{name}"')
                run_single(self._server, fresh, name, self.contents.statements)
        except CommandFailed:
            with suppress(CommandFailed):  # of several statements some may have been carried out
                run_single(self._server, fresh, "postgres", f'DROP DATABASE IF EXISTS "{name}"')
            return False
        return True

    def _cluster(self, kept: KeptFiles) -> KeptCluster:
        database = self.contents.database
        digest = hashlib.sha256(self.contents.statements.encode()).hexdigest()[:16]
        made_with = (*self._options, *((f"{database}={digest}",) if database else ()))
        return KeptCluster(kept, version_of(self.programs / "postgres"), made_with, self.say)

    @property
    def _server(self) -> list[str]:
        return [*self.prefix, os.fspath(self.programs / "postgres")]

    @property
    def _options(self) -> tuple[str, ...]:
        return (f"--username={self.contents.user}", *_INITDB)
