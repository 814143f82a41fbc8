from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.runtimes.docker import volume_files
from edge_tasks.runtimes.docker.volume_files import parsed_files

PATHS = st.from_regex(r"[A-Za-z]{1,8}(/[A-Za-z0-9-]{1,8}){0,3}\.config", fullmatch=True)
TEXTS = st.text(st.characters(exclude_characters="\x1e\x1f", codec="utf-8"))


@given(st.dictionaries(PATHS, TEXTS))
def test_what_is_printed_of_files_is_read_back(files: dict[str, str]) -> None:
    said = "".join(f"\x1e./{path}\x1f{text}" for path, text in files.items())
    assert parsed_files(said) == {PurePosixPath(path): text for path, text in files.items()}


def test_a_shell_prints_each_configuration_with_its_path_and_nothing_else(tmp_path: Path) -> None:
    texts = {"Metadata/File.config": 'path="ä $x"\nservice.pid="Metadata.File"\n', "a b.config": ""}
    for name, text in {**texts, "other.txt": "no"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    script = volume_files._SHOW.replace("/config", str(tmp_path))
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert parsed_files(said) == {PurePosixPath(path): text for path, text in texts.items()}
