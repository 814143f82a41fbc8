from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.errors import RegistrationError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.registry.file.document import changed
from edge_tasks.registry.file.entries import FileChanges, plan_entries, read_entries, without_ours
from edge_tasks.registry.file.lenient_json import parse
from edge_tasks.registry.protocol import Words

if TYPE_CHECKING:
    from edge_tasks.registry.file.lenient_json import Value

FLEET = Fleet("fleet-1", bytes(range(32)), 2, reserve=1)
WORDS = Words("entry", "entries", "metadata.json", "there")
OFFICIAL = """{
\tedges: {
\t\tedge0: {
\t\t\tapikey: "d92IC4eEHyrqmiMab6GX",
\t\t\tsetuppassword: "a public password",
\t\t\tcomment: "OpenEMS Demo Edge"
\t\t}
\t}
}"""

SPACES = st.sampled_from(["", " ", "\n", "\t", "\r\n", "/* a comment */", "\n    ", ' /* { " */ '])
NAMES = st.text("abc \"'\\{}é\n", min_size=1, max_size=6)


@st.composite
def words(draw: st.DrawFn, text: str) -> str:
    """A text as somebody may have written it."""
    quoted = [json.dumps(text), json.dumps(text, ensure_ascii=False)]
    plain = text.isalnum() and not text[0].isdigit() and text.lower() not in ("true", "false", "null")
    return draw(st.sampled_from([*quoted, *([text] if plain else [])]))


@st.composite
def objects(draw: st.DrawFn, members: list[tuple[str, str]]) -> str:
    """An object as somebody may have written it: names and the texts of values."""
    parts = [
        "".join(
            part or draw(SPACES)
            for part in ("", draw(words(name)), "", draw(st.sampled_from([":", "=", "=>"])), "", value, "")
        )
        for name, value in members
    ]
    return "{" + draw(st.sampled_from([",", ";"])).join(parts or [draw(SPACES)]) + "}"


@st.composite
def files(draw: st.DrawFn, names: st.SearchStrategy[str] = NAMES, *, unique: bool = True) -> str:
    """A ``metadata.json`` of somebody else, with whatever it may hold."""
    entries = []
    for name in draw(st.lists(names, max_size=4, unique=unique)):
        texts = [("apikey", draw(st.text("xyz", max_size=4))), ("comment", draw(NAMES))]
        members = [(key, draw(words(text)) if text else '""') for key, text in texts]
        more = draw(st.sampled_from(["1", "[1, {a: b}]", "null", "{}"]))
        entries.append((name, draw(objects([*members, ("more", more)]))))
    whole = [("edges", draw(objects(entries))), ("other", "[1, 2]")]
    end = draw(st.sampled_from(["", "\n", "\n\n", " /* end */\n"]))
    return draw(SPACES) + draw(objects(draw(st.permutations(whole)))) + end


def planned(fleet: Fleet, text: str | None, *, adopt: bool = False) -> FileChanges:
    return plan_entries(fleet, text, WORDS, adopt=adopt)


def keys(text: str) -> dict[str, str]:
    return {entry.name: entry.apikey for entry in read_entries(text, "metadata.json")}


@given(files(), st.integers(1, 4), st.integers(0, 3), st.integers(1, 4), st.integers(0, 3))
def test_entries_of_others_stay_as_they_are_and_without_ours_the_file_is_as_it_was(
    text: str, size: int, reserve: int, next_size: int, next_reserve: int
) -> None:
    fleet = replace(FLEET, size=size, reserve=reserve)
    first = planned(fleet, text).after
    ours = {edge.name: edge.apikey for edge in (*fleet.edges, *fleet.reserved)}
    assert keys(first) == {**keys(text), **ours}
    assert planned(fleet, first).after == first

    other = replace(fleet, size=next_size, reserve=next_reserve)
    second = planned(other, first).after
    ours = {edge.name: edge.apikey for edge in (*other.edges, *other.reserved)}
    assert keys(second) == {**keys(text), **ours}
    assert without_ours(second, FLEET.id, "metadata.json") == (text, len(ours))


@given(files(st.sampled_from(["edge0", "edge1", "edge2", "edge77"]), unique=False))
def test_an_entry_that_was_taken_over_comes_back_as_it_was(text: str) -> None:
    adopted = planned(FLEET, text, adopt=True).after
    assert keys(adopted).items() >= {edge.name: edge.apikey for edge in FLEET.edges}.items()
    rotated = planned(replace(FLEET, key_generation=1), adopted).after
    assert without_ours(rotated, FLEET.id, "metadata.json")[0] == text
    smaller = planned(replace(FLEET, size=1, reserve=0), adopted).after
    assert without_ours(smaller, FLEET.id, "metadata.json")[0] == text


@given(files(), st.data())
def test_what_is_removed_takes_nothing_else_along(text: str, data: st.DataObject) -> None:
    before = keys(text)
    gone = data.draw(st.sets(st.sampled_from(sorted(before)) if before else st.nothing()))
    assert keys(changed(text, {}, gone, ())) == {name: key for name, key in before.items() if name not in gone}


def test_a_file_that_is_not_there_is_made_and_nothing_is_left_of_it() -> None:
    made = planned(FLEET, None)
    assert json.loads(made.after)["edges"]["edge0"] == {
        "comment": "OpenEMS Edge #0",
        "apikey": FLEET.edge(0).apikey,
        "setuppassword": FLEET.edge(0).setup_password,
        "note": "edge-tasks fleet fleet-1",
    }
    assert without_ours(made.after, FLEET.id, "metadata.json") == (None, 3)


def test_the_demo_devices_of_the_official_image_are_taken_over_and_come_back() -> None:
    adopted = planned(FLEET, OFFICIAL)
    assert [edge.name for edge in adopted.changed] == ["edge0"]
    assert keys(adopted.after)["edge0"] == FLEET.edge(0).apikey
    assert without_ours(adopted.after, FLEET.id, "metadata.json") == (OFFICIAL, 3)


@pytest.mark.parametrize(
    "members",
    ['apikey: "SOMEONES_KEY"', 'apikey: "d92IC4eEHyrqmiMab6GX", note: "edge-tasks fleet fleet-2"'],
)
def test_a_demo_device_with_a_private_key_or_of_another_fleet_is_somebody_elses(members: str) -> None:
    text = f'{{edges: {{edge0: {{comment: "OpenEMS Demo Edge", {members}}}}}}}'
    with pytest.raises(RegistrationError, match=r"edge0 \(line 1, OpenEMS Demo Edge\)"):
        planned(FLEET, text)
    assert [edge.name for edge in planned(FLEET, text, adopt=True).changed] == ["edge0"]


def test_of_two_fleets_in_one_file_neither_takes_a_device_of_the_other() -> None:
    first = planned(FLEET, OFFICIAL).after
    with pytest.raises(RegistrationError, match=r"edge0 \(line 3, OpenEMS Demo Edge\)"):
        planned(replace(FLEET, id="fleet-2", secret=bytes(32)), first)


def test_a_users_own_comment_and_setup_password_are_left() -> None:
    theirs = planned(FLEET, None).after.replace("OpenEMS Edge #0", "Roof of the school")
    assert planned(FLEET, theirs).after == theirs
    assert "Roof of the school" in planned(replace(FLEET, key_generation=1), theirs).after


def test_a_foreign_entry_is_refused_with_its_line_and_without_its_key() -> None:
    text = '{"edges": {\n  "edge0": {"apikey": "SOMEONES_KEY", "comment": "Mr. Miller"}\n}}'
    with pytest.raises(RegistrationError) as refused:
        planned(FLEET, text)
    assert refused.value.message == (
        "metadata.json has entries with these names that do not belong to this fleet: edge0 (line 2, Mr. Miller)"
    )
    assert refused.value.hint.endswith("or rename or remove them there")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"edges": {"a": {"apikey": "k"}}}',
            ":1: a has no comment, so OpenEMS reads none of the file",
        ),
        ('{"edges":\n{a: {apikey: 12, comment: x}}}', ":2: a has no apikey, so OpenEMS reads none"),
        ("{}", 'metadata.json has no object "edges"'),
        ("[]", 'metadata.json has no object "edges"'),
        ('{"edges": {\n', "metadata.json:1: OpenEMS cannot read it: the file ends before a }"),
        ("", "metadata.json:1: OpenEMS cannot read it"),
    ],
)
def test_a_file_that_openems_cannot_read_is_refused_with_the_line(text: str, said: str) -> None:
    with pytest.raises(RegistrationError) as refused:
        planned(FLEET, text)
    assert said in refused.value.message
    assert refused.value.hint


def test_of_a_name_that_is_there_twice_only_the_entry_that_counts_is_taken_over() -> None:
    first = 'edge0: {apikey: "FIRST", comment: ""}'
    text = f'{{edges: {{{first}, edge0: {{apikey: "LAST", comment: ""}}}}}}'
    adopted = planned(FLEET, text, adopt=True).after
    assert first in adopted
    assert keys(adopted)["edge0"] == FLEET.edge(0).apikey
    assert without_ours(adopted, FLEET.id, "metadata.json")[0] == text


def test_a_file_is_parsed_as_often_for_many_entries_as_for_few(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(text: str) -> Value:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr("edge_tasks.registry.file.document.parse", counted)
    times = []
    for size in (2, 20):
        entries = ", ".join(f'edge{index}: {{apikey: "{index}", comment: ""}}' for index in range(size))
        parsed.clear()
        planned(replace(FLEET, size=size, reserve=0), f"{{edges: {{{entries}}}}}", adopt=True)
        times.append(len(parsed))
    assert times[0] == times[1]


def test_new_entries_are_indented_as_the_first_one_is() -> None:
    theirs = '{"edges": {\r\n\t"a": {"apikey": "k", "comment": ""}'
    assert planned(FLEET, theirs + "}}").after.startswith(theirs + ',\r\n\t"edge0": {')
