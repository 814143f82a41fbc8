"""What the doctor finds in the swarm runtime alone: see docs/reference/faults.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e_docker.conftest import Platform, made
from tests.e2e_docker.doctor import COMPOSE, Finding, restored, run, written
from tests.e2e_docker.test_doctor import MOUNTED, mended

if TYPE_CHECKING:
    from pathlib import Path

MORE = f"{MOUNTED}      - ./files:/files:ro\n    networks: [default, bus]\n    privileged: true\n"
VOLUMES = "\nvolumes:\n"


def give_more(checkout: Any) -> None:
    (checkout.path / "files").mkdir()
    written(COMPOSE, MOUNTED, MORE)(checkout)
    written(COMPOSE, VOLUMES, f"\nnetworks:\n  bus:\n{VOLUMES}")(checkout)


FINDINGS: dict[str, Finding] = {
    "an edge with more than a Swarm takes over": Finding(
        "edge-left-out", " Swarm", "--runtime docker", give_more, restored, code=0, count=3
    ),
}


@pytest.mark.usefixtures("engines")
@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_named_and_its_hint_mends_it(tmp_path: Path, name: str) -> None:
    checkout = mended(made(tmp_path / "checkout"))
    run(FINDINGS[name], Platform(checkout.path, ("--runtime", "swarm")))
