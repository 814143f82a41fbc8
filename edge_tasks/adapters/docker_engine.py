"""Whether there is a Docker Engine that can be used."""

from __future__ import annotations

import re
from typing import Final

import sh

from edge_tasks.adapters.docker_cli import answer

OLDEST_ENGINE: Final = (20, 10)
_ANSWER_S: Final = 10


def engine_problem() -> tuple[str, str]:
    """Why no Docker Engine with Compose can be used here, and what to do; both empty when one can."""
    try:
        said = answer(("version", "--format", "{{.Server.Version}}"), _ANSWER_S)
    except sh.CommandNotFound:
        return (
            "docker is not installed on this machine",
            "install Docker Engine and the Compose plugin (docs.docker.com/engine)",
        )
    except TimeoutError:
        return "the Docker Engine does not answer", "systemctl restart docker"
    except sh.ErrorReturnCode as error:
        return _refusal(error.stderr.decode(errors="replace"))
    if _version(said) < OLDEST_ENGINE:
        return f"the Docker Engine is {said.strip()}", "update it to 20.10 or later"
    try:
        answer(("compose", "version", "--short"), _ANSWER_S)
    except (sh.ErrorReturnCode, TimeoutError):
        return "Docker has no Compose v2", "install the Compose plugin (docker-compose-plugin); v1 is not enough"
    return "", ""


def _refusal(said: str) -> tuple[str, str]:
    if "permission denied" in said.lower():
        return (
            "you are not allowed to use the Docker Engine",
            "sudo usermod -aG docker $USER, then log in again",
        )
    return "no Docker Engine answers on this machine", "systemctl start docker (or open Docker Desktop)"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])
