"""A copy of an initialised Odoo: its database and its filestore, made and restored in the platform's containers.

PostgreSQL's own programs are in the container of the database, in the version that fits it. What Odoo draws by
lot for each database (the secret that signs its sessions) is drawn again once a copy was made, and once it was
restored. So a copy holds no secret of any platform.

While a database is restored, it is a template: Odoo does not list those, nor open them by itself. Otherwise any
request to Odoo would write into the half of it, or read the secrets of the copy.
"""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge_tasks.runtimes.docker.stack import Stack

_DATABASE: Final = "database.dump"
_FILES: Final = "files.tar"
_DUMP: Final = 'exec pg_dump -h 127.0.0.1 -U "$1" -Fc -Z 1 "$2"'
_RESTORE: Final = """
set -e
dump=$(mktemp)
trap 'rm -f "$dump"' EXIT
cat > "$dump"
psql -h 127.0.0.1 -U "$1" -d postgres -qX -v ON_ERROR_STOP=1 \\
  -v name="$2" -v collate="$3" -v ctype="$4" <<'SQL'
CREATE DATABASE :"name" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE :'collate' LC_CTYPE :'ctype'
  IS_TEMPLATE true;
SQL
export PGOPTIONS="-c synchronous_commit=off -c maintenance_work_mem=64MB"
pg_restore -h 127.0.0.1 -U "$1" -d "$2" -1 --no-owner --no-privileges --exit-on-error "$dump"
"""
_RENEW: Final = """
DO $$ BEGIN IF to_regclass('public.ir_config_parameter') IS NOT NULL THEN
  UPDATE ir_config_parameter SET value = gen_random_uuid()::text
  WHERE key IN ('database.secret', 'database.uuid');
END IF; END $$
"""
_SHOW: Final = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE false', current_database()); END $$
"""
_LOCALE: Final = "SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()"
_HAS_FILES: Final = (
    "SELECT count(*) FROM information_schema.columns"
    " WHERE table_name = 'ir_attachment' AND column_name = 'store_fname'"
)
_NAMES_OF_FILES: Final = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
_SETTING: Final = """
conf=${ODOO_RC:-/etc/odoo/odoo.conf}
setting() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$conf" 2>/dev/null | tail -n 1; }
"""
_TOLD_DATABASE: Final = _SETTING + 'case "$(setting db_name)" in ""|False|None) echo no;; *) echo yes;; esac'
_FOLDER: Final = (
    _SETTING
    + """
data=$(setting data_dir)
folder=${data:-/var/lib/odoo}/filestore/$1
"""
)
_PACK: Final = _FOLDER + 'exec tar -C "$folder" -cf - .'
_UNPACK: Final = _FOLDER + 'mkdir -p "$folder" && exec tar -C "$folder" -xf -'


@dataclass(frozen=True)
class OdooCopy:
    """Makes and restores copies; PostgreSQL runs."""

    stack: Stack

    def make(self, folder: Path) -> dict[str, str]:
        """Write a copy into a folder; what :meth:`restore` must be told of it.

        Raises:
            CommandFailed: it is not whole.
        """
        user, name = self.stack.database.user, self.stack.database.name
        collate, ctype = self._asked(_LOCALE)[0].split("|")
        files = self._names_of_files()
        dump = self._in_database("sh", "-c", _DUMP, "sh", user, name)
        self.stack.docker.save(folder / _DATABASE, *dump, more=self._login)
        if files:
            self._save_files(folder / _FILES, files)
        told = self.stack.docker.ask(*self._in_odoo(_TOLD_DATABASE)).strip()
        self._asked(_RENEW)
        return {"collate": collate, "ctype": ctype, "files": str(len(files)), "told_database": told}

    def restore(self, folder: Path, about: Mapping[str, str]) -> None:
        """Make the database, and the filestore, out of a copy; Odoo does not see it before it has both.

        Raises:
            CommandFailed: PostgreSQL or Odoo's container refused.
        """
        docker, database = self.stack.docker, self.stack.database
        arguments = database.user, database.name, about["collate"], about["ctype"]
        restore = self._in_database("sh", "-c", _RESTORE, "sh", *arguments)
        docker.feed(folder / _DATABASE, *restore, more=self._login)
        self._asked(_RENEW)
        if about["files"] != "0":
            docker.feed(folder / _FILES, *self._in_odoo(_UNPACK))
        self._asked(_SHOW)

    def version(self) -> str:
        """PostgreSQL's major version.

        Raises:
            CommandFailed: the container has none of its programs.
        """
        said = self.stack.docker.ask(*self._in_database("pg_dump", "--version")).split()
        return said[2].partition(".")[0]

    @property
    def _login(self) -> dict[str, str]:
        return {"PGPASSWORD": self.stack.database.password}

    def _save_files(self, target: Path, names: Sequence[str]) -> None:
        self.stack.docker.save(target, *self._in_odoo(_PACK))
        with tarfile.open(target) as archive:
            missing = set(names) - {name.removeprefix("./") for name in archive.getnames()}
        if missing:
            raise CommandFailed(f"Odoo's filestore lacks {len(missing)} of {len(names)} files")

    def _names_of_files(self) -> list[str]:
        """The files that the database speaks of, by their paths in the filestore."""
        return self._asked(_NAMES_OF_FILES) if self._asked(_HAS_FILES) != ["0"] else []

    def _asked(self, query: str) -> list[str]:
        """The rows that the database answers."""
        user, name = self.stack.database.user, self.stack.database.name
        how = ("-h", "127.0.0.1", "-U", user, "-d", name, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", query)
        return self.stack.docker.ask(*self._in_database("psql", *how), more=self._login).splitlines()

    def _in_database(self, *command: str) -> tuple[str, ...]:
        """A command in the database's container; the password is in the environment of the call."""
        service = self.stack.services.database
        container = self.stack.container(service)
        if container is None:
            raise CommandFailed(f"{service} has no container")
        return ("exec", "-i", "-e", "PGPASSWORD", container.id, *command)

    def _in_odoo(self, script: str) -> tuple[str, ...]:
        """A script in Odoo's container; while that does not run, in one like it."""
        stack = self.stack
        container = stack.container(stack.services.odoo)
        if container is not None and container.is_running:
            return ("exec", "-i", container.id, "sh", "-c", script, "sh", stack.database.name)
        how = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", stack.services.odoo)
        return stack.compose.arguments(*how, "-c", script, "sh", stack.database.name)
