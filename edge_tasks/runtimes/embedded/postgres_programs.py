"""Running PostgreSQL's programs: as `nobody` if we are root, with their last lines kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from edge_tasks.errors import CommandFailed, MissingTool
from edge_tasks.timedata.embedded.libpq import without_variables

_COMMAND_SECONDS = 180
_TAIL_LINES = 12
_QUIETLY = ("-c", "log_min_error_statement=panic", "-c", "fsync=off")
_AS_USER_HINT = "run the command as an ordinary user, because PostgreSQL does not run as root"


def is_root() -> bool:
    """Whether we are root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _nobody() -> tuple[int, int]:
    """Return the user and group ids of `nobody`."""
    import pwd  # noqa: PLC0415 - does not exist on Windows, and only root needs it

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise MissingTool("this machine has no user `nobody`", hint=_AS_USER_HINT) from None
    return entry.pw_uid, entry.pw_gid


def unprivileged() -> list[str]:
    """Return the words to put before a command so that it does not run as root; none for other users."""
    if not is_root():
        return []
    tool = shutil.which("setpriv")
    if tool is None:
        raise MissingTool("`setpriv` is missing", hint=_AS_USER_HINT)
    user, group = _nobody()
    prefix = [
        tool,
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup,+noroot",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
    ]
    done = _call([*prefix, "true"])
    if done.returncode != 0:
        raise MissingTool(f"`setpriv` cannot drop root's rights: {tail(done.stdout)}", hint=_AS_USER_HINT)
    return prefix


def _give_away(path: Path) -> None:
    """As root, hand a path to the user that the server runs as."""
    if is_root():
        os.chown(path, *_nobody())


def private_folder(folder: Path) -> None:
    """Make a folder that only the server's user may read."""
    folder.mkdir(mode=0o700)
    _give_away(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder of ours, whatever rights its parts have. Where links in it lead, nothing is changed.

    Raises:
        OSError: it is still there.
    """
    folder.chmod(0o700)
    for place, inner, _ in os.walk(folder):
        for part in (Path(place, name) for name in inner):
            if not part.is_symlink():
                part.chmod(0o700)
    shutil.rmtree(folder)


def private_file(path: Path, text: str, *, append: bool = False) -> None:
    """Write a file that only the server's user may read, without a moment when others could."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_EXCL)
    with os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8") as file:
        file.write(text)
    _give_away(path)


def run_initdb(command: list[str], log: Path) -> None:
    """Run `initdb`, whatever stands before it.

    Raises:
        CommandFailed: it failed; with the last lines of its output and of the log.
    """
    done = _call(command)
    if done.returncode != 0:
        raise CommandFailed(
            f"initdb failed with status {done.returncode}:\n{tail(done.stdout)}\n{tail(text_of(log))}".rstrip(),
            hint=f"the server's log is {log}",
        )


def run_single(server: list[str], data: Path, database: str, statements: str) -> None:
    """Have a server without clients run SQL in a data directory that no other one uses.

    Args:
        server: its program, with what stands before it.
        data: the directory.
        database: in which one.
        statements: they are in no process list and in no log.

    Raises:
        CommandFailed: the directory is no good, or a statement failed; the message does not repeat it.
    """
    done = _call([*server, "--single", "-j", "-D", str(data), *_QUIETLY, database], given=statements)
    found = [line for line in done.stdout.splitlines() if "ERROR:" in line or "FATAL:" in line]
    if done.returncode != 0 or found:
        raise CommandFailed(f"PostgreSQL cannot work on {data}: {found[0] if found else tail(done.stdout)}")


def version_of(server: Path) -> str:
    """What a server's program says of itself: ``postgres (PostgreSQL) 18.4``."""
    return _call([str(server), "--version"]).stdout.strip()


def major_of(programs: Path) -> str:
    """The major version of PostgreSQL whose programs are in a folder of the wheel: ``18``."""
    return programs.parent.name.removeprefix("pginstall")


def spawn(command: list[str], log: Path) -> int:
    """Start a command that stays, in a session of its own, its output in the log; return its pid.

    No shell stands between, as it does with `pg_ctl`: a quote in a path is a quote.
    """
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_APPEND, 0),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(command[0], command, _environment(), file_actions=actions, setsid=True)


def has_ended(pid: int) -> bool:
    """Whether a command that was spawned has ended."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:  # somebody else has waited for it
        return True


def _environment() -> dict[str, str]:
    """Ours, without what would change PostgreSQL's mind or language."""
    ours = without_variables(os.environ)
    kept = {key: value for key, value in ours.items() if not key.startswith(("LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _call(command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a session of its own, its output in a file: a server that stays holds no pipe."""
    try:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as words:
            words.write(given.encode())
            words.seek(0)
            done = subprocess.run(  # noqa: S603 - an argv list of our own words, no shell
                command,
                stdin=words,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandFailed(f"{Path(command[0]).name} could not be run: {error}") from error
    return subprocess.CompletedProcess(command, done.returncode, text, "")


def text_of(path: Path) -> str:
    """What a file says; nothing when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def tail(text: str) -> str:
    """The last lines."""
    return "\n".join(text.strip().splitlines()[-_TAIL_LINES:])
