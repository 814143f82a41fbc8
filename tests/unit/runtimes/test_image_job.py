from __future__ import annotations

from pathlib import Path

import pytest

from edge_tasks.adapters.swarm_nodes import DescribedNode
from edge_tasks.runtimes.swarm.image_job import ImageJob, lacking, why_not_given

JOB = ImageJob(
    fleet_id="0193",
    image="sha256:1",
    light_image="python:3.12-slim",
    constraints=("node.role==worker",),
    others=("n1", "n7"),
    token="a secret word",  # noqa: S106 - of this test
)


def following(words: tuple[str, ...], option: str) -> list[str]:
    return [words[place + 1] for place, word in enumerate(words) if word == option]


def test_the_job_runs_once_on_each_node_that_may_have_edges_and_lacks_the_image() -> None:
    words = JOB.creation("print()")
    assert following(words, "--mode") == ["global"]
    assert following(words, "--restart-condition") == ["none"]
    assert following(words, "--constraint") == ["node.role==worker", "node.id!=n1", "node.id!=n7"]
    assert words[-4:] == ("python:3.12-slim", "-u", "-c", "print()")


def test_a_task_has_the_socket_of_its_node_and_knows_where_the_image_is() -> None:
    words = JOB.creation("print()")
    assert following(words, "--mount") == ["type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock"]
    assert {"ENGINE=/var/run/docker.sock", "IMAGE=sha256:1", f"SERVER={JOB.server_name}:8098"} <= set(words)
    assert JOB.server_name != JOB.name
    assert following(JOB.server(Path("/folder"), "0:0"), "--name") == [JOB.server_name]


def test_the_token_is_in_no_command_and_each_one_is_a_secret_of_its_own() -> None:
    for words in (JOB.creation("print()"), JOB.server(Path("/folder"), "1000:1000"), (JOB.secret, repr(JOB))):
        assert JOB.token not in " ".join(words)
    assert ImageJob("0193", "sha256:1", "python", (), (), "another").secret != JOB.secret


def test_the_server_reads_one_folder_whose_name_may_have_what_ends_a_field() -> None:
    words = JOB.server(Path('/a, "b"'), "1000:1000")
    assert following(words, "--mount") == ['type=bind,"source=/a, ""b""",target=/image,readonly']
    assert following(words, "--user") == ["1000:1000"]
    assert "--publish" not in words


NODES = (DescribedNode("n1", "red", True, True), DescribedNode("n2", "green", True, False))  # noqa: FBT003 - short
THIRD = DescribedNode("n3", "blue", True, False)  # noqa: FBT003 - short


def test_the_manager_has_the_image_and_a_node_that_joins_later_is_given_it() -> None:
    assert lacking(NODES, given=(), complaining=()) == {"n2": "green"}
    assert lacking((*NODES, THIRD), given=("n2",), complaining=()) == {"n3": "blue"}
    assert lacking((*NODES, THIRD), given=("n2", "n3"), complaining=()) == {}


def test_what_tasks_say_of_a_node_counts_more_than_what_it_was_given() -> None:
    assert lacking((*NODES, THIRD), given=("n2", "n3"), complaining=("green",)) == {"n2": "green"}


@pytest.mark.parametrize(
    ("error", "said", "reason"),
    [
        (
            "No such image: python:3.12-slim",
            "",
            "it neither has nor gets the image python:3.12-slim, whose Python would load it",
        ),
        (
            'invalid mount config for type "bind": bind source path does not exist: /var/run/docker.sock',
            "",
            "it has no /var/run/docker.sock",
        ),
        (
            "task: non-zero exit (1)",
            "its engine does not take the image: full",
            "its engine does not take the image: full",
        ),
        ("task: non-zero exit (137)", "", "task: non-zero exit (137)"),
        ("", "", "its task ended without a reason"),
    ],
)
def test_a_node_that_cannot_be_given_an_image_says_what_it_lacks(error: str, said: str, reason: str) -> None:
    assert why_not_given(error, said, "python:3.12-slim") == reason
