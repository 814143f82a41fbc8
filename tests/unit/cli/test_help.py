from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks as all_tasks
from edge_tasks.cli.asked import needed_by
from edge_tasks.cli.help import TaskHelp
from edge_tasks.cli.option import Setting
from edge_tasks.cli.options import COMMON
from edge_tasks.cli.own_options import OWN

NAMES = sorted(all_tasks.namespace.task_names)
OPTION = re.compile(r"^  (--[a-z-]+)(=[A-Z]+)?", re.MULTILINE)
OF_LIGHT = ("--profile", "--seed", "--connect-rate")


def page(name: str, width: int = 100, *, with_all: bool = False) -> str:
    used = frozenset(needed_by(all_tasks.namespace[name]))
    return TaskHelp("inv", name, "What it does.", used).text(width, with_all=with_all)


def options(text: str) -> list[str]:
    return [found[1] for found in OPTION.finditer(text)]


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_task_lists_its_own_options_first(name: str) -> None:
    own = [option.option for option in OWN[name]]
    for text in (page(name), page(name, with_all=True)):
        assert options(text)[: len(own)] == own


@pytest.mark.parametrize("name", NAMES)
def test_the_short_page_fits_a_screen_and_says_how_to_see_the_rest(name: str) -> None:
    text = page(name, 80)
    assert len(text.splitlines()) <= 32
    assert ("--help-all also shows" in text) == (options(page(name, with_all=True)) != options(text))


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("reset", "options, such as --profile and --yes."),
        ("plan", "options, such as --profile, --skip-build, --demo and --adopt."),
        ("odoo-init", "--demo and --no-snapshot."),
        ("status", "Options may follow any task of a command."),
    ],
)
def test_the_short_page_names_the_options_that_errors_of_the_task_ask_for(name: str, end: str) -> None:
    assert " ".join(page(name).split()).endswith(end)


def test_the_page_of_a_backfill_has_what_its_errors_ask_for() -> None:
    assert {"--adopt", "--yes"} <= set(options(page("backfill")))


def test_attach_saves_nothing_and_has_defaults_of_its_own() -> None:
    attach, setup = (" ".join(page(name, with_all=True).split()) for name in ("attach", "setup"))
    assert "saved" not in attach
    assert "may connect per second (default: 10)" in attach
    assert "may connect per second; saved (default: 500)" in setup


@pytest.mark.parametrize(
    ("name", "shown", "left_out"),
    [
        ("setup", {"--edges", "--timeout", "--skip-build", "--adopt", *OF_LIGHT}, {"--purge"}),
        (
            "status",
            {"--platform", "--json", "--quiet", "--echo"},
            {"--edges", "--timeout", "--runtime", *OF_LIGHT},
        ),
        ("down", {"--platform"}, {"--edges", "--adopt", "--skip-build", "--port-offset"}),
        ("gen-configs", {"--edges", "--adopt"}, {"--timeout", "--skip-build", "--demo"}),
        ("build", {"--skip-build"}, {"--demo", "--adopt", "--timeout"}),
        ("plan", {"--edges", "--adopt"}, {"--timeout"}),
    ],
)
def test_a_page_has_the_options_that_can_matter_and_no_others(
    name: str, shown: set[str], left_out: set[str]
) -> None:
    listed = set(options(page(name, with_all=True)))
    assert shown <= listed
    assert not left_out & listed


def test_all_options_of_all_tasks_are_on_some_page() -> None:
    listed = {option for name in NAMES for option in options(page(name, with_all=True))}
    assert {option.option for option in COMMON.values()} <= listed


def test_an_option_that_counts_takes_a_number() -> None:
    values = {found[1]: found[2] for found in OPTION.finditer(page("setup", with_all=True))}
    numbers = {one.option for one in COMMON.values() if isinstance(one, Setting) and one.lowest is not None}
    assert {option for option, value in values.items() if value == "=INT"} == numbers
    assert (values["--edges"], values["--runtime"], values["--json"]) == ("=INT", "=NAME", None)


@given(st.sampled_from(NAMES), st.integers(min_value=70, max_value=200))
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    text = page(name, width, with_all=True)
    assert max(map(len, text.splitlines())) <= width
