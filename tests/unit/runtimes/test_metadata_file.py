from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from edge_tasks.adapters.containers import Image
from edge_tasks.checkout.metadata import FILE, Metadata
from edge_tasks.checkout.project import Project
from edge_tasks.registry.file.local_file import LocalFile
from edge_tasks.runtimes.docker import metadata_file
from edge_tasks.runtimes.docker.metadata_file import copy_mount, path_inside, place_of

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Volume
    from edge_tasks.runtimes.docker.stack import Stack


def stack(tmp_path: Path, *volumes: Volume, devices: str = "/var/opt/openems/metadata.json") -> Stack:
    """A platform whose backend has these mounts, and an image in whose folder ``/srv`` its program is started."""
    found = SimpleNamespace(
        project=Project("p", {"cloud": {"image": "backend", "volumes": list(volumes)}}),
        services=SimpleNamespace(backend="cloud"),
        docker=SimpleNamespace(image=lambda _name: Image(directory="/srv")),
        backend_files=SimpleNamespace(metadata=Metadata(FILE, PurePosixPath("Metadata/File.config"), 1, devices)),
        context=SimpleNamespace(
            state=SimpleNamespace(folder=tmp_path / ".edge-tasks"), platform=SimpleNamespace(path=tmp_path)
        ),
    )
    return cast("Stack", found)


def bind(source: Path, target: str) -> Volume:
    return {"type": "bind", "source": str(source), "target": target}


def test_a_file_in_a_folder_of_the_host_is_reached_there(tmp_path: Path) -> None:
    place = place_of(stack(tmp_path, bind(tmp_path, "/var/opt")))
    assert place == LocalFile(tmp_path / "openems" / "metadata.json")


def test_a_file_that_is_mounted_itself_is_reached_where_it_is(tmp_path: Path) -> None:
    mounted = bind(tmp_path / "devices.json", "/var/opt/openems/metadata.json")
    assert place_of(stack(tmp_path, mounted)) == LocalFile(tmp_path / "devices.json")


def test_the_innermost_mount_counts(tmp_path: Path) -> None:
    inner: Volume = {"type": "volume", "source": "devices", "target": "/var/opt/openems"}
    both = stack(tmp_path, bind(tmp_path, "/var/opt"), inner)
    assert str(place_of(both)) == "cloud:/var/opt/openems/metadata.json"
    assert copy_mount(both) == ""


def test_a_file_beside_the_mounts_is_in_the_image_and_the_backend_gets_a_copy(tmp_path: Path) -> None:
    beside: Volume = {"type": "volume", "source": "config", "target": "/var/opt/openems/config"}
    found = stack(tmp_path, beside)
    assert str(place_of(found)) == str(tmp_path / ".edge-tasks" / "metadata.json")
    assert copy_mount(found) == "./.edge-tasks/metadata.json:/var/opt/openems/metadata.json"


def test_a_relative_path_begins_where_the_program_is_started(tmp_path: Path) -> None:
    assert path_inside(stack(tmp_path, devices="m.json")) == PurePosixPath("/srv/m.json")


@pytest.mark.parametrize("text", ['{"edges": {}}', "é\n"])
def test_what_a_container_does_reads_and_replaces_the_file_and_keeps_its_mode(tmp_path: Path, text: str) -> None:
    path = tmp_path / "metadata.json"
    assert shell(metadata_file._READ, path) == ""
    path.write_text("before")
    path.chmod(0o640)
    shell(metadata_file._WRITE, path, text)
    assert shell(metadata_file._READ, path) == f"there:{text}"
    assert path.stat().st_mode & 0o777 == 0o640
    shell(metadata_file._REMOVE, path)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_that_a_container_makes_is_private(tmp_path: Path) -> None:
    shell(metadata_file._WRITE, tmp_path / "metadata.json", "{}")
    assert (tmp_path / "metadata.json").stat().st_mode & 0o777 == 0o600


def shell(script: str, path: Path, given: str = "") -> str:
    done = subprocess.run(
        ["sh", "-c", script, "sh", str(path)], input=given, capture_output=True, text=True, check=True
    )
    return done.stdout
