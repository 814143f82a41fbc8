from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.checkout.compose_file import published_ports
from edge_tasks.checkout.yaml_text import YamlError, line_of, load

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab1:-"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_json_means_the_same_as_yaml(value: object) -> None:
    assert load(json.dumps(value)) == value
    assert load(json.dumps(value), any_tag=True) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20:00", "20:00"),
        ("2025-11-01", "2025-11-01"),
        ("22:22", "22:22"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("08", 8),
        ("010", 10),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-3", -3),
    ],
)
def test_numbers_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert load(text) == value
    assert load(text, any_tag=True) == value


def test_a_tag_of_composes_is_passed_over_only_where_it_is_allowed() -> None:
    text = "ports: !override ['1:1']\ncommand: !reset null\nbuild: !x {a: 1}"
    assert load(text, any_tag=True) == {"ports": ["1:1"], "command": "null", "build": {"a": 1}}
    with pytest.raises(YamlError, match="line 1"):
        load(text)


@pytest.mark.parametrize("any_tag", [True, False])
@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key a is there twice"),
        ("a: 1\n b: 2", 2, "mapping values are not allowed here"),
        ("a: [1", 1, "expected ',' or ']'"),
        ("[" * 3000, None, "it cannot be read"),
    ],
)
def test_what_is_not_yaml_is_refused_with_its_line(
    text: str, line: int | None, problem: str, *, any_tag: bool
) -> None:
    with pytest.raises(YamlError) as refused:
        load(text, any_tag=any_tag)
    assert refused.value.line == line
    assert problem in refused.value.problem


def test_merged_mappings_are_no_key_twice() -> None:
    text = "a: &a {x: 1}\nb: {<<: *a, x: 2}\nc: {<<: *a, y: 3}"
    assert load(text) == {"a": {"x": 1}, "b": {"x": 2}, "c": {"x": 1, "y": 3}}


def test_the_line_of_an_entry_is_found_in_mappings_and_lists() -> None:
    text = "services:\n  db:\n    environment:\n      - USER=odoo\n      - HOST=db\n    ports: ['1:1']\n"
    assert line_of(text, "services", "db", "environment", "HOST") == 5
    assert line_of(text, "services", "db", "ports") == 6
    assert line_of(text, "services", "db", "image") == 2
    assert line_of(text, "volumes") == 1
    assert line_of("", "a") == 1


@pytest.mark.parametrize("text", ["", "# nothing", "services:", "services: {a: null}", "services: {a: {b: c}}"])
def test_a_file_without_ports_publishes_none(text: str) -> None:
    assert published_ports(text) == {}


def test_the_name_of_an_item_ends_at_its_first_equals_sign() -> None:
    assert line_of("environment:\n  - A=1\n  - URL=a=b\n", "environment", "URL") == 3


def test_an_error_says_its_line_where_the_parser_does() -> None:
    assert str(YamlError(3, "no value")) == "line 3: no value"
    assert str(YamlError(None, "no value")) == "no value"
