from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.swarm.stack import JoinedCompose

if TYPE_CHECKING:
    from pathlib import Path

NOT_LET_IN = (
    "up ended with 1\n  attaching to network failed, make sure your network options are correct: deadline"
)


@dataclass
class Docker:
    """A Docker in a Swarm that has the network; its first commands that change something end like this."""

    fails: list[str]
    ran: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, *arguments: str, **_more: object) -> None:
        self.ran.append(arguments)
        if self.fails:
            raise CommandFailed(self.fails.pop(0))

    def ask(self, *arguments: str, **_more: object) -> str:
        return "active true" if arguments[0] == "info" else '{"Name": "the-network"}'


def joined(docker: Docker, folder: Path) -> JoinedCompose:
    return JoinedCompose(cast("Any", docker), folder, ("c.yml",), folder / "o.yml", overlay="the-network")


def test_a_container_that_was_not_let_into_the_network_is_started_once_more(tmp_path: Path) -> None:
    docker = Docker([NOT_LET_IN])
    joined(docker, tmp_path).up(["backend"], parallel=1)
    first, second = [one for one in docker.ran if "up" in one]
    assert first == second


@pytest.mark.parametrize("fails", [[NOT_LET_IN, NOT_LET_IN], ["no space left"]])
def test_what_fails_again_or_otherwise_is_an_error(tmp_path: Path, fails: list[str]) -> None:
    with pytest.raises(CommandFailed):
        joined(Docker(fails), tmp_path).up(["backend"], parallel=1)
