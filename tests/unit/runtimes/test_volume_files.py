from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_tasks.adapters.docker import Docker
from edge_tasks.errors import CommandFailed
from edge_tasks.runtimes.docker import volume_files
from edge_tasks.runtimes.docker.volume_files import parsed_files, read_volumes, without_tag
from tests.unit.checkout.sample_checkouts import survey_of

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
    assert parsed_files(shown(tmp_path)) == {PurePosixPath(path): text for path, text in texts.items()}
    assert shown(tmp_path / "none") == ""


def shown(folder: Path) -> str:
    command = ["sh", "-c", volume_files._SHOW, "sh", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@dataclass
class Engine:
    """What an engine has, and what is run in it."""

    volumes: tuple[str, ...] = ()
    here: tuple[str, ...] = ()
    runs: list[tuple[str, ...]] = field(default_factory=list)

    def images(self, names: tuple[str, ...]) -> dict[str, str]:
        return {name: "id" for name in names if name in self.here}

    def has_volume(self, name: str) -> bool:
        return Docker.has_volume(cast("Docker", self), name)

    def ask(self, *arguments: str) -> str:
        if arguments[0] == "volume":
            return "\n".join(one for one in self.volumes if re.search(arguments[-1].removeprefix("name="), one))
        if arguments[0] == "image":
            return "\n".join(one for one in self.here if one.startswith(f"{arguments[-1]}:"))
        self.runs.append(arguments)
        return "\x1e./Metadata/Odoo.config\x1fpid"


ODOO = {"backend": {PurePosixPath("Metadata/Odoo.config"): "pid"}}
IMAGE = "openems/backend:2026.1.0"


def read(folder: Path, engine: Engine, mount: str = "conf:/var/opt/openems/config", name: str = "") -> object:
    compose = f'services:\n  backend: {{image: "{IMAGE}", volumes: ["{mount}"]}}\n'
    survey = survey_of(folder, compose, {})
    names = {"conf": name} if name else {}
    survey = replace(survey, project=replace(survey.project, volume_names=names))
    return read_volumes(cast("Docker", engine), survey)


@pytest.mark.parametrize(("name", "real"), [("", "p_conf"), ("shared", "shared")])
def test_a_volume_is_found_by_its_real_name(tmp_path: Path, name: str, real: str) -> None:
    engine = Engine((real,), (IMAGE,))
    assert read(tmp_path, engine, name=name) == ODOO
    assert f"{real}:/config:ro" in engine.runs[0]


def test_a_volume_around_the_configuration_is_read_where_that_lies(tmp_path: Path) -> None:
    engine = Engine(("p_conf",), (IMAGE,))
    assert read(tmp_path, engine, "conf:/var/opt/openems") == ODOO
    assert engine.runs[0][-1] == "/config/config"


def test_a_volume_that_is_not_there_yet_needs_no_image(tmp_path: Path) -> None:
    assert read(tmp_path, Engine()) == {}


def test_another_release_of_the_image_can_read_it(tmp_path: Path) -> None:
    engine = Engine(("p_conf",), ("openems/backend:2025.12.0",))
    assert read(tmp_path, engine) == ODOO
    assert "openems/backend:2025.12.0" in engine.runs[0]


def test_a_volume_that_nothing_can_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no image of openems/backend is here") as refused:
        read(tmp_path, Engine(("p_conf",), ("openems/backend-edge:2026.1.0",)))
    assert refused.value.hint == f"docker pull {IMAGE}"


@pytest.mark.parametrize("tag", ["", ":2026.1.0", "@sha256:ab", ":1@sha256:ab"])
@pytest.mark.parametrize("repository", ["openems/backend", "host:5000/openems/backend"])
def test_the_repository_of_an_image_is_its_name_without_its_release(repository: str, tag: str) -> None:
    assert without_tag(f"{repository}{tag}") == repository
