from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge_tasks.errors import NotWritable, PlatformLocked, SettingsError
from edge_tasks.fleet.saved import Saved, State, new_fleet

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_saved_is_read_again_and_private(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.folder.mkdir()
    saved = Saved(replace(new_fleet(3), key_generation=2, port_offset=100), "embedded", "other.yml")
    state.save(saved)
    assert state.load() == saved
    assert (state.folder / "fleet.json").stat().st_mode & 0o777 == 0o600


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
