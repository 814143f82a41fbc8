"""Running PostgreSQL's programs: as `nobody` if we are root, with their last lines kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from edge_tasks.errors import CommandFailed, MissingTool

_COMMAND_SECONDS = 180
_TAIL_LINES = 12
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


def give_away(path: Path) -> None:
    """As root, hand a path to the user that the server runs as."""
    if is_root():
        os.chown(path, *_nobody())


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
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _call(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a session of its own, its output in a file: a server that stays holds no pipe."""
    try:
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(  # noqa: S603 - an argv list of our own words, no shell
                command,
                stdin=subprocess.DEVNULL,
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
