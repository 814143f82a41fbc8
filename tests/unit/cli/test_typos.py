from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.cli.typos import Told, Typed

OPTIONS = ("--edge-heap", "--edges", "--json", "--port-offset")
TASKS = {"setup": (*OPTIONS, "--fix"), "doctor": (*OPTIONS, "--fix"), "status": OPTIONS, "logs": ("--follow",)}


def told(said: str, task: str = "", words: str = "") -> Told:
    return Typed(words.split(), task, OPTIONS if task else ("--help", "--list"), TASKS).explained(said)


@pytest.mark.parametrize(
    ("said", "task", "message", "hint"),
    [
        (
            "No idea what '--edge' is!",
            "setup",
            "there is no option --edge of setup; did you mean --edges?",
            "inv setup --help-all lists them",
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
            "No idea what '--port' is!",
            "setup",
            "there is no option --port of setup; did you mean --port-offset?",
            "inv setup --help-all lists them",
        ),
        (
            "Flag <Argument: port_offset *> needed value and was not given one!",
            "setup",
            "--port-offset needs a value",
            "inv setup --help-all says what it takes",
        ),
        ("Something new", "setup", "Something new", "inv --list, or inv TASK --help"),
        (
            "No idea what '--fix' is!",
            "status",
            "there is no option --fix of status (setup and doctor have --fix)",
            "inv status --help-all lists them",
        ),
        (
            "No idea what '--follow' is!",
            "status",
            "there is no option --follow of status (logs has --follow)",
            "inv status --help-all lists them",
        ),
        ("No idea what '--help-all' is!", "", "--help-all needs a task", "inv setup --help-all"),
    ],
)
def test_a_typo_is_named_with_what_was_meant(said: str, task: str, message: str, hint: str) -> None:
    assert told(said, task) == Told(message, hint)


def test_a_number_without_its_option_is_taken_for_the_number_of_edges() -> None:
    assert told("No idea what '4' is!", "setup", "setup 4") == Told("there is no task 4", "inv setup --edges 4")


def test_before_a_task_an_option_without_value_leads_to_the_general_help() -> None:
    found = told("Flag <Argument: search_root *> needed value and was not given one!")
    assert found == Told("--search-root needs a value", "inv --help")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("--edges 3 setup", "inv setup --edges 3"),
        ("--edges=3 setup --json", "inv setup --edges=3 --json"),
        ("--edges 3", "inv setup --edges 3"),
        ("--json status logs", "inv status --json logs"),
        ("--follow", "inv logs --follow"),
        ("--json setpu", "inv setup --json"),
        ("--edges 3 stat --json", "inv status --edges 3 --json"),
    ],
)
def test_an_option_before_its_task_is_explained_with_the_line_to_type(words: str, hint: str) -> None:
    option = words.split(maxsplit=1)[0].partition("=")[0]
    expected = f"{option} is typed before the task; it belongs behind it"
    assert told(f"No idea what '{option}' is!", words=words) == Told(expected, hint)


@given(st.lists(st.sampled_from(("--json", "--edges=3", "a b", "4")), min_size=1), st.sampled_from(sorted(TASKS)))
def test_the_line_to_type_has_the_same_words_with_a_task_first(before: list[str], task: str) -> None:
    words = ["--json", *before, task, "--edges", "5"]
    hint = Typed(words, "", (), TASKS).explained("No idea what '--json' is!").hint
    assert shlex.split(hint)[:2] == ["inv", task]
    assert sorted(shlex.split(hint)[1:]) == sorted(words)
