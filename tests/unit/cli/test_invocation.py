from __future__ import annotations

from pathlib import Path

import pytest

from edge_tasks.cli.invocation import find_invocation, how_to_install

TASKS = ("setup", "status", "odoo-init", "up", "logs")
CLONE = find_invocation(Path("/home/me/edge-tasks"), Path("/home/me/edge-tasks/docs"), TASKS)
INSTALLED = find_invocation(None, Path("/home/me/docker-openems"), TASKS)


def test_inv_works_for_the_folder_of_its_tasks_wherever_it_is_typed() -> None:
    assert CLONE.command == "inv"
    assert CLONE.home.folder == Path("/home/me/edge-tasks")
    assert CLONE.home.is_clone


def test_the_installed_command_works_for_the_folder_in_which_it_is_typed() -> None:
    assert INSTALLED.command == "edge-tasks"
    assert INSTALLED.home.folder == Path("/home/me/docker-openems")
    assert not INSTALLED.home.is_clone


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("inv up", "edge-tasks up"),
        (
            "next      inv status | inv setup --edges 5",
            "next      edge-tasks status | edge-tasks setup --edges 5",
        ),
        ("is it running (inv odoo-init)?", "is it running (edge-tasks odoo-init)?"),
        ('{"hint": "inv up"}', '{"hint": "edge-tasks up"}'),
        ("inv --help TASK", "edge-tasks --help TASK"),
        ("<code>inv status</code>", "<code>edge-tasks status</code>"),
        ("the alias is inv north", "the alias is inv north"),
        ("inv upper", "inv upper"),
        (".venv/bin/inv setup", ".venv/bin/inv setup"),
        ("the inv", "the inv"),
        ("platform /srv/my-inv up", "platform /srv/my-inv up"),
    ],
)
def test_what_is_to_be_typed_is_said_as_the_installed_command_has_it(text: str, worded: str) -> None:
    assert INSTALLED.worded(text) == worded
    assert CLONE.worded(text) == text


def test_a_python_without_our_packages_is_told_which_command_has_them() -> None:
    typed = ["setup", "--platform", "my platform"]
    hint = how_to_install(CLONE, typed, has_environment=True)
    assert hint == "/home/me/edge-tasks/.venv/bin/inv setup --platform 'my platform'"


def test_a_clone_without_an_environment_is_told_how_to_make_one() -> None:
    hint = how_to_install(CLONE, ["setup"], has_environment=False)
    assert hint == "cd /home/me/edge-tasks && python3 -m venv .venv && .venv/bin/pip install -e ."


def test_an_installed_command_without_its_packages_is_told_to_be_installed_again() -> None:
    assert how_to_install(INSTALLED, ["setup"], has_environment=False).startswith("install edge-tasks again")
