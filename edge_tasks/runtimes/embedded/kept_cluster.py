"""What `initdb` makes, kept for the user's next platforms: it is the same each time but for the password.

It is kept with a password that was drawn for it alone, so it holds none of any platform.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from dataclasses import dataclass
from subprocess import DEVNULL, CalledProcessError, SubprocessError, run
from typing import IO, TYPE_CHECKING, Final

from edge_tasks.adapters.files import PRIVATE
from edge_tasks.errors import FleetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from edge_tasks.adapters.kept_files import KeptFiles

_FILES: Final = "data.tar"
_SECONDS: Final = 60


@dataclass(frozen=True)
class KeptCluster:
    """A data directory of one version of PostgreSQL, made with the same options.

    Attributes:
        kept: where it is.
        version: what the server says of itself.
        options: of `initdb`, but for paths, and what else it was made with.
        say: prints a line for people.
    """

    kept: KeptFiles
    version: str
    options: Sequence[str]
    say: Callable[[str], None]

    def restore(self, fresh: Path, prefix: Sequence[str]) -> bool:
        """Fill an empty folder with it; False if there is none, or if it cannot be used.

        Args:
            fresh: the folder; it may hold anything afterwards if the answer is False.
            prefix: the words that make a command run as the server's user.
        """
        try:
            entry = self.kept.find(self._key)
            if entry is None:
                return False
            with (entry.folder / _FILES).open("rb") as file:
                _run([*prefix, "tar", "-C", os.fspath(fresh), "-xf", "-"], stdin=file)
        except FleetError as error:  # damaged, and gone
            self._tell(error.message)
            return False
        except CalledProcessError:
            self.discard(fresh, "it cannot be unpacked")
            return False
        except (OSError, SubprocessError) as error:
            self._tell_unused(str(error))
            return False
        return True

    def keep(self, fresh: Path, prefix: Sequence[str]) -> None:
        """Keep a folder that no server uses; nothing is kept if that fails, for example on a full disk."""
        try:
            with self.kept.adding(self._key, self._about) as new:
                target = os.open(new.folder / _FILES, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
                with os.fdopen(target, "wb") as file:
                    _run([*prefix, "tar", "-C", os.fspath(fresh), "-cf", "-", "."], stdout=file)
        except (FleetError, OSError, SubprocessError):
            return

    def discard(self, fresh: Path, why: str) -> None:
        """Remove it because it is no good, and say so; on a full disk it may be good, and stays.

        Nothing happens if it is gone already.
        """
        found = [entry for entry in self.kept.entries() if entry.folder.name == self._key]
        if not found:
            return
        if shutil.disk_usage(fresh).free < found[0].size:
            self._tell_unused("the disk is full")
            return
        self.kept.remove(self._key)
        self._tell(why)

    def _tell_unused(self, why: str) -> None:
        self.say(f"  the snapshot of PostgreSQL is not used: {why}")

    def _tell(self, why: str) -> None:
        self.say(f"  the snapshot of PostgreSQL is no good and was removed: {why}")

    @property
    def _key(self) -> str:
        return hashlib.sha256(json.dumps(sorted(self._about.items())).encode()).hexdigest()[:32]

    @property
    def _about(self) -> Mapping[str, str]:
        return {"postgresql": self.version, "machine": platform.machine(), "options": " ".join(self.options)}


def _run(command: list[str], *, stdin: IO[bytes] | int = DEVNULL, stdout: IO[bytes] | int = DEVNULL) -> None:
    """Run `tar`, its input or output in a file.

    Raises:
        OSError: it is missing.
        SubprocessError: it failed.
    """
    run(command, stdin=stdin, stdout=stdout, stderr=DEVNULL, cwd="/", check=True, timeout=_SECONDS)  # noqa: S603 - an argv list of our own words
