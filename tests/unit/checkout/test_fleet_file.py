from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import jsonschema
import pytest

from edge_tasks.checkout import fleet_file, yaml_text
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.groups import Group
from edge_tasks.fleet.incident_entry import KEYS_OF, MAY_HAVE, WHOSE
from edge_tasks.fleet.limits import FLEET_FILE, MOST_EDGES, MOST_HOUSEHOLDS
from tests.inv import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((ROOT / "docs" / "reference" / "fleet.schema.json").read_text())
DEFAULT = Group("", (), light=False, households=2, profile="office", seed="flag")
WHOLE = """\
groups:
  - name: bench
    edges: 0
  - name: village
    edges: 1-4,8
    light: true
    meters: 12
    profile: household
    seed: 2024
    zone: Africa/Kampala
  - {name: town, edges: 5-7, light: true}
"""


def read(platform: Path, text: str) -> fleet_file.FleetFile:
    (platform / FLEET_FILE).write_text(text)
    found = fleet_file.find(FLEET_FILE, platform, DEFAULT)
    assert found is not None
    return found


def allows(text: str) -> bool:
    """Whether the schema for editors does."""
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml_text.load(text))


def test_a_group_has_what_it_says_and_else_what_was_chosen_for_all(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    bench, village, town = found.groups
    assert bench == Group("bench", (range(1),), light=False, households=2, profile="office", seed="flag")
    assert village == Group(
        name="village",
        ranges=(range(1, 5), range(8, 9)),
        light=True,
        households=12,
        profile="household",
        seed="2024",
        zone="Africa/Kampala",
    )
    assert (town.households, town.profile, town.seed, town.zone) == (2, "office", "flag", "UTC")
    assert (found.full, found.light) == (1, 8)
    assert allows(WHOLE)


def test_without_the_file_there_are_no_groups_but_another_that_was_named_must_be_there(tmp_path: Path) -> None:
    assert fleet_file.find(FLEET_FILE, tmp_path, DEFAULT) is None
    with pytest.raises(SettingsError, match=r"the fleet file .*other.yaml cannot be read: No such file"):
        fleet_file.find("other.yaml", tmp_path, DEFAULT)


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("    seed: 2024", '    seed: "a b"', 9, "seed is 'a b'"),
        ("meters: 12", f"meters: {MOST_HOUSEHOLDS + 1}", 7, f"meters is {MOST_HOUSEHOLDS + 1}"),
        ("meters: 12", "meters: true", 7, "meters is True"),
        ("meters: 12", "metres: 12", 7, "unknown key metres"),
        ("light: true", "light: on and off", 6, "light is 'on and off'"),
        ("edges: 1-4,8", "edges: 4-1", 5, "edges is '4-1'"),
        ("name: village", "name: _", 4, "name is '_'"),
        ("    edges: 0\n", "", 2, "a group without edges"),
        ("groups:\n", "fleet: 1\ngroups:\n", 1, "unknown key fleet"),
        ("  - {name: town, edges: 5-7, light: true}", "  - town", 11, "this is no group"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, problem: str
) -> None:
    text = WHOLE.replace(before, after, 1)
    with pytest.raises(SettingsError, match=re.escape(f"{FLEET_FILE}:{line}: {problem}")) as caught:
        read(tmp_path, text)
    assert caught.value.hint
    assert not allows(text) or problem == "edges is '4-1'"  # a schema cannot compare numbers in a text


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("zone: Africa/Kampala", "zone: Africa/Kampal", 10, "zone is 'Africa/Kampal'"),
        ("zone: Africa/Kampala", "zone: ../etc", 10, "zone is '../etc'"),
        ("zone: Africa/Kampala", "zone: Africa", 10, "zone is 'Africa'"),
        ("profile: household", "profile: houshold", 8, "there is no profile 'houshold'"),
        ("name: town", "name: village", 11, "there is another group village"),
        ("edges: 5-7", "edges: 5-6", 5, "no group has edge 7"),
        ("edges: 5-7", "edges: 4-7", 11, "edge4 is in the group village, too"),
        (
            "edges: 1-4,8\n    light: true",
            "edges: 1-4,8",
            5,
            "edge8 is to have a config directory, but edge7 before it is light",
        ),
        ("name: village", "name: [", 6, "not valid YAML: "),
    ],
)
def test_what_only_the_platform_or_the_other_groups_forbid_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, problem: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"{FLEET_FILE}:{line}: {problem}")):
        read(tmp_path, WHOLE.replace(before, after, 1))


@pytest.mark.parametrize("text", ["", "[]", "groups:", "groups: []", "groups: 3", "1"])
def test_a_file_without_groups_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=f"{FLEET_FILE}:1: it has no groups"):
        read(tmp_path, text)
    assert not allows(text)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / FLEET_FILE).write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=f"{FLEET_FILE} is not UTF-8"):
        fleet_file.find(FLEET_FILE, tmp_path, DEFAULT)


def test_a_path_of_a_profile_is_seen_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("consumption: {day: [1, 2]}\n")
    [found] = read(tmp_path, "groups: [{name: a, edges: 0, profile: ./mine.yaml}]").groups
    assert found.profile == str(tmp_path / "mine.yaml")


INCIDENTS = (
    WHOLE
    + """\
incidents:
  - {kind: gap, edges: 1-4, from: 2026-01-03T10:00Z, to: 2026-01-05}
  - kind: meter-replaced
    meter: meter4
    group: village
    at: 2026-02-01
"""
)


def test_incidents_have_what_they_say_and_the_line_on_which_they_are(tmp_path: Path) -> None:
    gap, replaced = read(tmp_path, INCIDENTS).incidents
    assert (gap.kind, gap.ranges) == ("gap", (range(1, 5),))
    assert (gap.words["from"], gap.words["to"]) == ("2026-01-03T10:00Z", "2026-01-05")
    assert (replaced.kind, replaced.of, replaced.group) == ("meter-replaced", "meter4", "village")
    assert (gap.where, replaced.where) == (f"{tmp_path / FLEET_FILE}:13", f"{tmp_path / FLEET_FILE}:14")
    assert allows(INCIDENTS)


@pytest.mark.parametrize(
    ("before", "after", "line", "problem"),
    [
        ("kind: gap", "kind: gop", 13, "kind is 'gop'"),
        ("kind: gap, ", "", 13, "an incident without kind"),
        ("meter: meter4", "metre: meter4", 15, "meter-replaced has no metre"),
        ("    at: 2026-02-01\n", "", 14, "meter-replaced without at"),
        ("at: 2026-02-01", "at: 2026-02-31", 17, "at is '2026-02-31'"),
        ("edges: 1-4, from", "edges: 4-1, from", 13, "edges is '4-1'"),
        ("  - {kind: gap", "  - gap\n  - {kind: gap", 13, "this is no incident"),
        ("incidents:\n", "incidents: 3\nx:\n", 13, "unknown key x"),
    ],
)
def test_a_wrong_incident_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int, problem: str
) -> None:
    text = INCIDENTS.replace(before, after)
    with pytest.raises(SettingsError, match=re.escape(f"{FLEET_FILE}:{line}: {problem}")) as caught:
        read(tmp_path, text)
    assert caught.value.hint
    assert (
        not allows(text) or "is '" in problem
    )  # a schema knows no calendar, and cannot compare numbers in a text


def test_incidents_are_a_list(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"{FLEET_FILE}:2: this is no list"):
        read(tmp_path, "groups: [{name: a, edges: 0}]\nincidents: 3\n")


def test_the_schema_for_editors_has_the_kinds_of_incidents_with_their_keys() -> None:
    found = {}
    for each in SCHEMA["$defs"]["incident"]["oneOf"]:
        found[each["properties"]["kind"]["const"]] = (each["required"], each["properties"])
    assert list(found) == list(KEYS_OF)
    for kind, (required, properties) in found.items():
        assert required == ["kind", *KEYS_OF[kind]]
        assert list(properties) == ["kind", *KEYS_OF[kind], *MAY_HAVE.get(kind, ()), *WHOSE]


def test_the_schema_for_editors_has_the_keys_and_limits_that_the_file_may_have() -> None:
    group = SCHEMA["$defs"]["group"]
    assert list(group["properties"]) == [key.name for key in fleet_file.KEYS]
    assert tuple(group["required"]) == fleet_file.REQUIRED
    assert group["properties"]["meters"]["maximum"] == MOST_HOUSEHOLDS
    assert group["properties"]["edges"]["maximum"] == MOST_EDGES - 1


def test_the_page_has_every_key() -> None:
    page = (ROOT / "docs" / "reference" / "fleet-file.md").read_text()
    assert re.findall(r"^\| `([a-z]+)`", page, re.MULTILINE) == [key.name for key in fleet_file.KEYS]
