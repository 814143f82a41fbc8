from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.registry.file.lenient_json import LenientJsonError, Value, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def texts(value: Value, whole: str) -> Any:
    """What was found, with the text of each value that is no string and no object."""
    if value.members is not None:
        return {one.name: texts(one.value, whole) for one in value.members}
    return value.text if value.text is not None else json.loads(whole[value.start : value.end])


@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_any_json_is_read_as_it_is_meant(document: object, indent: object) -> None:
    text = json.dumps(document, indent=indent)  # type: ignore[arg-type] # hypothesis gives one of the three
    assert texts(parse(text), text) == document


@pytest.mark.parametrize(
    "text",
    [
        "{edges: {edge0: {apikey: key}}}",
        "{'edges' = {\"edge0\" => {apikey : 'key';}}".replace(";", "") + "}",
        '{"edges": /* all of them */ {"edge0": {"x": 1; "apikey": "key"}}}',
        '\ufeff{"edges":{"edge0":{"apikey":"\\u006bey"}}} // the end',
        '{"edges": {"edge0": {"apikey": "k\r\ney"}}}',
        "{edges: {edge0: {apikey: k\ney}}}",
    ],
    ids=["unquoted", "equal signs", "comment and semicolon", "escapes", "text of two lines", "name of two lines"],
)
def test_what_gson_takes_is_read_as_gson_reads_it(text: str) -> None:
    edges = parse(text).member("edges")
    assert edges is not None
    assert edges.members is not None
    apikey = edges.members[0].value.member("apikey")
    assert (edges.members[0].name, apikey and apikey.text) == ("edge0", "key")


@pytest.mark.parametrize("number", ["1", "-0.5e+3", "true", "NULL", "12.0"])
def test_a_number_and_a_keyword_are_no_texts(number: str) -> None:
    found = parse(f"{{apikey: {number}}}").member("apikey")
    assert found is not None
    assert found.text is None


@pytest.mark.parametrize("word", ["007", "1a", "truely", "--1", "a.b@c"])
def test_what_only_looks_like_a_number_is_a_text(word: str) -> None:
    found = parse(f"{{apikey: {word}}}").member("apikey")
    assert found is not None
    assert found.text == word


def test_of_a_name_that_is_there_twice_the_last_one_counts() -> None:
    found = parse('{"a": "1", "a": "2"}').member("a")
    assert found is not None
    assert found.text == "2"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "missing"),
        ('{"a": 1,}', 1, "missing"),
        ('{\n"a" 1}', 2, "no :"),
        ('{"a": 1 "b": 2}', 1, "no comma"),
        ('{"a": 1}\nx', 2, "follows the end"),
        ('{\n"a": 1 // one\n}', 3, "does a comment with // or #"),
        ('{"a": "x}', 1, "quote is not closed"),
        ('{"a": "\\x"}', 1, "means nothing"),
        ("[" * 101, 1, "too deep"),
    ],
)
def test_what_gson_does_not_take_is_refused_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(LenientJsonError) as refused:
        parse(text)
    assert problem in refused.value.problem
    assert refused.value.line == line


def test_an_array_may_lack_values() -> None:
    assert parse("[1,,;2]") == Value(0, 7)
