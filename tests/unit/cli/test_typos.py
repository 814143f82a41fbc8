from __future__ import annotations

import pytest

from edge_tasks.cli.typos import explain

OPTIONS = ("--edges", "--json", "--port-offset")
TASKS = ("setup", "status", "verify")


@pytest.mark.parametrize(
    ("said", "task", "message", "hint"),
    [
        (
            "No idea what '--edge' is!",
            "setup",
            "there is no option --edge of setup; did you mean --edges?",
            "inv --help setup lists them",
        ),
        ("No idea what '--zzz' is!", "", "there is no option --zzz", "inv --help lists those before a task"),
        ("No idea what 'setpu' is!", "", "there is no task setpu; did you mean setup?", "inv --list"),
        (
            "No idea what '4' is!",
            "setup",
            "there is no task 4 (type an option only once, and its value directly after it)",
            "inv --list",
        ),
        (
            "Flag <Argument: port_offset *> needed value and was not given one!",
            "setup",
            "--port-offset needs a value",
            "inv --help setup says what it takes",
        ),
        ("Something new", "setup", "Something new", "inv --list, or inv --help TASK"),
    ],
)
def test_a_typo_is_named_with_what_was_meant(said: str, task: str, message: str, hint: str) -> None:
    assert explain(said, task, OPTIONS, TASKS) == f"error: {message}\n  → {hint}"


def test_before_a_task_an_option_without_value_leads_to_the_general_help() -> None:
    said = explain("Flag <Argument: search_root *> needed value and was not given one!", "", OPTIONS, TASKS)
    assert said == "error: --search-root needs a value\n  → inv --help"
