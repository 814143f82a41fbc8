from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from edge_tasks.checkout import load_shapes
from edge_tasks.cli.options import SETTINGS
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.runtimes.light_host import LightHost
from edge_tasks.runtimes.light_options import LightOptions
from tests.unit.made_of import blueprints, whole

SHIPPED = ("bdew-g25", "bdew-h25", "bdew-l25", "household", "household-berlin", "office", "pv-farm")
FLAT = "consumption:\n  day: [1, 1]\n"
OPTIONS = LightOptions(processes=1, cores=1, connect_rate=500, reconnect="quick")


def own(platform: Path, name: str, text: str) -> Path:
    path = platform / "profiles" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def found(name: str, platform: Path) -> load_shapes.LoadShape:
    shape = load_shapes.find(name, platform)
    assert shape is not None
    return shape


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_a_day_of_both_kinds(name: str, tmp_path: Path) -> None:
    profile = found(name, tmp_path).profile
    for kind in ("consumption", "production"):
        low, high = profile.bounds(kind, 1000) or (0, 0)
        assert high - low > 300


def test_the_names_of_the_help_are_those_that_are_shipped(tmp_path: Path) -> None:
    assert load_shapes.names(tmp_path) == ("constant", *SHIPPED)
    assert all(name in SETTINGS["profile"].help for name in ("constant", *SHIPPED))


def test_constant_means_the_datasources_as_they_are(tmp_path: Path) -> None:
    assert SETTINGS["profile"].default == load_shapes.CONSTANT
    assert load_shapes.find("constant", tmp_path) is None


def test_a_file_of_the_platform_comes_before_one_of_the_project(tmp_path: Path) -> None:
    own(tmp_path, "household", FLAT)
    own(tmp_path, "bakery", FLAT)
    assert load_shapes.names(tmp_path) == ("constant", *sorted(["bakery", *SHIPPED]))
    for name in ("household", "bakery"):
        assert found(name, tmp_path).content == {"consumption": {"day": [1, 1]}}


@pytest.mark.parametrize("typed", ["mine.yaml", "./mine.yaml", "{folder}/mine.yaml"])
def test_a_path_is_one_from_where_it_is_typed(typed: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(FLAT)
    path = load_shapes.absolute(typed.format(folder=tmp_path), tmp_path)
    assert path == str(tmp_path / "mine.yaml")
    assert load_shapes.absolute(path, Path("/elsewhere")) == path
    assert found(path, Path("/elsewhere")).content == {"consumption": {"day": [1, 1]}}


def test_a_name_is_not_a_path() -> None:
    assert load_shapes.absolute("household", Path("/somewhere")) == "household"


def test_the_description_is_for_people_and_another_one_is_the_same_profile(tmp_path: Path) -> None:
    own(tmp_path, "a", FLAT)
    own(tmp_path, "b", f"# a comment\ndescription: Level\n{FLAT}")
    own(tmp_path, "c", FLAT.replace("[1, 1]", "[1, 2]"))
    digests = [found(name, tmp_path).digest for name in "abc"]
    assert digests[0] == digests[1] != digests[2]


def test_times_need_no_quotes(tmp_path: Path) -> None:
    own(tmp_path, "a", "consumption:\n  day: {06:00: 1, 20:00: 1e1, 8:30: .5}\n")
    consumption = found("a", tmp_path).content["consumption"]
    assert isinstance(consumption, dict)
    assert consumption["day"] == {"06:00": 1, "20:00": 10.0, "8:30": 0.5}


def test_a_name_that_there_is_not_is_answered_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no profile 'houshold'") as refused:
        load_shapes.find("houshold", tmp_path)
    assert f"one of constant, {', '.join(SHIPPED)}; or your own file: --profile ./houshold.yaml" in (
        refused.value.hint
    )
    assert str(tmp_path / "profiles" / "houshold.yaml") in refused.value.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("consumption: {day: [1, 1], noize: 1}", "no key consumption.noize", "allowed: day, weekend"),
        ("consumption: {day: [1, -1]}", "consumption.day has -1 as number 2", "allowed: a number from 0"),
        ("a: 1\nb: [", ":2: not valid YAML", "correct it there"),
        ("a: 1\na: 2", ":2: not valid YAML: the key a is there twice", "correct it there"),
        ("a: !!python/object:os.system {}", ":1: not valid YAML", "correct it there"),
        ("a: " + "[" * 5000, "not valid YAML", "correct it there"),
        ("[1, 2]", "is not a profile", "keys with values"),
        ("", "is not a profile", "keys with values"),
    ],
)
def test_a_file_that_is_not_a_profile_is_named_with_the_key_and_what_is_allowed(
    text: str, message: str, hint: str, tmp_path: Path
) -> None:
    path = own(tmp_path, "mine", text)
    with pytest.raises(SettingsError) as refused:
        load_shapes.find("mine", tmp_path)
    assert refused.value.message.startswith(str(path))
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_a_file_that_is_gone_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.yaml cannot be read: No such file"):
        load_shapes.find(str(tmp_path / "gone.yaml"), tmp_path)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"binary\.yaml is not UTF-8"):
        load_shapes.find(str(tmp_path / "binary.yaml"), tmp_path)


@dataclass(frozen=True)
class Process:
    """As far as writing the fleet file needs one."""

    config: Path
    log: str = ""

    def find(self) -> None:
        """It does not run."""

    def start(self, config: str) -> None:
        """It is not started."""

    def stop(self) -> bool:
        """It does not run."""
        return False

    def require(self, what: str) -> None:
        """It is not asked."""


def told(platform: Path, profile: str = "constant", seed: str = "018f-id") -> dict[str, Any]:
    fleet = Fleet("018f-id", bytes(32), 3, light=2)
    made = blueprints(whole(fleet, profile=profile, seed=seed), platform=platform)
    host = LightHost(
        Process(platform / "light.json"),
        platform,
        platform / "openems-edge",
        fleet,
        lambda _: {PurePosixPath("a.config"): ""},
        blueprints=lambda: made,
        options=OPTIONS,
    )
    document: dict[str, Any] = json.loads(host.fleet_file({}))
    return document


def test_the_light_host_is_told_the_profile_and_the_seed(tmp_path: Path) -> None:
    own(tmp_path, "flat", FLAT)
    document = told(tmp_path, profile="flat")
    assert (document["profile"], document["seed"]) == ({"consumption": {"day": [1, 1]}}, "018f-id")
    assert told(tmp_path, profile="flat", seed="2024")["seed"] == "2024"
    assert not {"profile", "seed"} & told(tmp_path).keys()


def test_a_changed_profile_is_another_revision(tmp_path: Path) -> None:
    revisions = [told(tmp_path)["revision"]]
    for text in (FLAT, FLAT.replace("[1, 1]", "[1, 2]")):
        own(tmp_path, "flat", text)
        revisions += [told(tmp_path, profile="flat", seed=seed)["revision"] for seed in ("a", "b")]
    assert len(set(revisions)) == 5
