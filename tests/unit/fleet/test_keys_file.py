from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.errors import SettingsError
from edge_tasks.fleet.keys_file import FILE, EdgeKey, read_keys, write_keys

if TYPE_CHECKING:
    from pathlib import Path

KEYS = st.lists(
    st.builds(
        EdgeKey,
        st.integers(0, 999_999).map("edge{}".format),
        st.text("abcXYZ019,\"'ß", min_size=1),
        st.text("ab-9", max_size=5),
    ),
    min_size=1,
    max_size=8,
    unique_by=(lambda key: key.name, lambda key: key.apikey),
)


@pytest.mark.parametrize("ending", [".csv", ".json"])
@given(keys=KEYS)
def test_what_is_written_is_read_again_by_the_numbers_of_the_edges(
    ending: str, keys: list[EdgeKey], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("keys") / f"keys{ending}"
    write_keys(path, keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(read_keys(path)) == sorted(keys, key=lambda key: key.index)


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_file_without_seeds_will_do(tmp_path: Path) -> None:
    path = written(tmp_path / "keys.csv", "name,apikey\nedge10,SECRET\nedge2, SECRET2 \n")
    assert read_keys(path) == (EdgeKey("edge2", "SECRET2"), EdgeKey("edge10", "SECRET"))
    path = written(tmp_path / "keys.json", '[{"name": "edge0", "apikey": "SECRET"}]')
    assert read_keys(path) == (EdgeKey("edge0", "SECRET"),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(tmp_path: Path, end: str) -> None:
    path = tmp_path / "keys.csv"
    path.write_bytes(f"name,apikey{end}edge0,SECRET{end}edge1,SECRET1{end}".encode())
    path.chmod(0o600)
    assert read_keys(path) == (EdgeKey("edge0", "SECRET"), EdgeKey("edge1", "SECRET1"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("keys.csv", "", "keys.csv:1: not the titles of a file of keys"),
        ("keys.csv", "edge0,SECRET\n", "keys.csv:1: not the titles of a file of keys"),
        ("keys.csv", "name,apikey\n", "keys.csv has no apikeys"),
        ("keys.csv", "name,apikey\nEdge 1,SECRET\n", "keys.csv:2: the name of an edge is missing or wrong"),
        ("keys.csv", "name,apikey\nedge1\n", "keys.csv:2: edge1 has no usable apikey"),
        ("keys.csv", "name,apikey\nedge1,SECRET\nedge1,SECRET2\n", "keys.csv:3: edge1 is there twice"),
        ("keys.csv", "name,apikey\nedge1,SECRET\nedge2,SECRET\n", "keys.csv:3: edge2 has the apikey of edge1"),
        ("keys.csv", f"name,apikey\nedge1,{'SECRET' * 30_000}\n", "keys.csv:2: not CSV: field larger"),
        ("keys.csv", f"name,{'SECRET' * 30_000}\n", "keys.csv:1: not CSV: field larger"),
        ("keys.json", "[", "keys.json is not JSON"),
        ("keys.json", "[" * 99_999, "keys.json is not JSON"),
        ("keys.json", '{"edge0": "SECRET"}', "keys.json is not a list of objects"),
        ("keys.json", '[{"name": "edge0", "apikey": "SEC\\nRET"}]', "entry 1: edge0 has no usable apikey"),
        (
            "keys.json",
            '[{"name": "edge0", "apikey": "S", "seed": 1}]',
            "entry 1: the seed of edge0 is not a text",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place_and_without_a_secret(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read_keys(written(tmp_path / name, text))
    assert said in refused.value.message
    assert refused.value.hint
    assert "SECRET" not in refused.value.message + refused.value.hint


def test_a_file_that_others_may_read_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps([{"name": "edge0", "apikey": "SECRET"}]))
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="other users may read it") as refused:
        read_keys(path)
    assert refused.value.hint == f"chmod 600 {path}"


def test_an_apikey_is_not_in_the_text_of_an_object() -> None:
    assert "SECRET" not in repr(EdgeKey("edge0", "SECRET"))


def test_another_ending_is_refused(tmp_path: Path) -> None:
    FILE.check_ending(tmp_path / "keys.CSV", "--output")
    with pytest.raises(SettingsError, match=r"--output is .*keys\.txt"):
        FILE.check_ending(tmp_path / "keys.txt", "--output")


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_a_file_of_keys_is_replaced_by_another_one_and_nothing_else_is(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"keys.{ending}"
    write_keys(path, [EdgeKey("edge0", "SECRET")])
    FILE.check(path)
    for text in ("name,apikey,owner\n", '[{"name": "edge0", "apikey": "A", "owner": "me"}]', "{}", "text"):
        path.write_text(text)
        with pytest.raises(SettingsError, match="which is no file of inv export-keys"):
            FILE.check(path)
