from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.errors import NotWritable, PlatformLocked, SettingsError
from edge_tasks.fleet.identity import Fleet
from edge_tasks.fleet.limits import MOST_EDGES
from edge_tasks.fleet.saved import Saved, State, new_fleet, platform_in

FLEETS = st.integers(1, MOST_EDGES).flatmap(
    lambda size: st.builds(
        Fleet,
        id=st.uuids().map(str),
        secret=st.binary(min_size=32, max_size=32),
        size=st.just(size),
        key_generation=st.integers(0, 9),
        reserve=st.integers(0, MOST_EDGES),
        port_offset=st.integers(0, 50_000),
        light=st.integers(0, size),
    )
)
EXTRAS = st.dictionaries(st.sampled_from(["profile", "seed", "metrics_port"]), st.text() | st.integers())
SAVED = st.builds(Saved, FLEETS, st.sampled_from(["docker", "embedded"]), st.text(min_size=1), EXTRAS)


def test_what_is_saved_is_read_again_and_private(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    saved = Saved(replace(new_fleet(3), key_generation=2, port_offset=100), "embedded", "other.yml")
    state.save(saved)
    assert state.load() == saved
    assert (state.folder / "fleet.json").stat().st_mode & 0o777 == 0o600


@given(SAVED, SAVED)
def test_a_fleet_is_found_again_where_it_was(saved: Saved, now: Saved) -> None:
    found = now.at(json.loads(json.dumps(saved.place)))
    assert found.place == saved.place
    assert found.fleet == replace(now.fleet, port_offset=saved.fleet.port_offset)


@given(SAVED)
def test_every_fleet_is_read_as_it_was_saved(tmp_path_factory: pytest.TempPathFactory, saved: Saved) -> None:
    state = State(tmp_path_factory.mktemp("platform"))
    state.folder.mkdir()
    state.save(saved)
    assert state.load() == saved


@given(SAVED)
def test_what_was_chosen_is_offered_as_a_choice_again(saved: Saved) -> None:
    choices = saved.choices
    assert choices.items() >= dict(saved.extras).items()
    assert choices["edges"] == saved.fleet.full
    assert (choices["light_edges"], choices["reserve"]) == (saved.fleet.light, saved.fleet.reserve)
    assert (choices["port_offset"], choices["runtime"]) == (saved.fleet.port_offset, saved.runtime)
    assert choices["override_file"] == saved.override_file


def test_a_file_of_a_version_that_knew_no_light_edges_and_no_extras_is_read(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    saved = Saved(new_fleet(3), "docker", "docker-compose.override.yml")
    state.save(saved)
    file = state.folder / "fleet.json"
    document = json.loads(file.read_text())
    file.write_text(json.dumps({k: v for k, v in document.items() if k not in ("light_edges", "extras")}))
    assert state.load() == saved


def test_without_a_file_there_is_no_fleet(tmp_path: Path) -> None:
    assert State(tmp_path).load() is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2}'])
def test_a_broken_fleet_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    (state.folder / "fleet.json").write_text(text)
    with pytest.raises(SettingsError, match=r"fleet\.json") as caught:
        state.load()
    assert caught.value.exit_code == 2


def test_the_lock_says_who_has_it_and_is_given_back(tmp_path: Path) -> None:
    state = State(tmp_path)
    with (
        state.locked("inv setup"),
        pytest.raises(PlatformLocked, match=rf"pid {os.getpid()}, inv setup, since"),
        state.locked("inv up"),
    ):
        pass
    with state.locked("inv up"):
        pass


def test_the_state_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(SettingsError, match=f"belongs to uid {owner}, you are uid 4321"):
        state.check_owner()


def test_a_symlink_in_the_place_of_the_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    state = State(tmp_path)
    state.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match=re.escape(str(state.folder))):
        state.check_owner()


def test_notes_add_up_and_can_be_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    state.record.note(up="a")
    state.record.note(volumes=["b"])
    state.record.forget("up", "read")
    assert state.record.entries() == {"volumes": ["b"]}


def test_a_record_that_is_not_an_object_is_not_a_record(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    for text in ("", "[1]", "{"):
        (state.folder / "record.json").write_text(text)
        assert state.record.entries() == {}


def test_the_state_is_left_out_of_git_and_closed_to_others(tmp_path: Path) -> None:
    state = State(tmp_path / "platform")
    with state.locked("inv setup"):
        pass
    assert (state.folder / ".gitignore").read_text().endswith("\n*\n")
    assert state.folder.stat().st_mode & 0o777 == 0o700
    assert (state.folder / "lock").stat().st_mode & 0o777 == 0o600


def test_a_new_fleet_has_an_identity_that_no_other_has() -> None:
    one, other = new_fleet(3), new_fleet(3)
    assert one.id != other.id
    assert one.secret != other.secret
    assert len(one.secret) == 32


@pytest.mark.parametrize(
    ("words", "platform"),
    [
        (("python3", "-m", "edge_tasks.light", "/home/ü/a b/.edge-tasks/light.json"), "/home/ü/a b"),
        (("postgres", "-D", "/p/.edge-tasks/postgres"), "/p"),
        (("less", ".edge-tasks/light.log"), None),
        (("python3", "/p/.edge-tasks-platform"), None),
        ((), None),
    ],
)
def test_the_platform_of_a_process_is_seen_by_its_command(words: tuple[str, ...], platform: str | None) -> None:
    assert platform_in(words) == (platform and Path(platform))
