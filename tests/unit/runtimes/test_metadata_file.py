from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from edge_tasks.adapters.containers import Image
from edge_tasks.checkout.metadata import FILE, Metadata
from edge_tasks.checkout.project import Project
from edge_tasks.errors import CommandFailed, FileRefused
from edge_tasks.fleet.record import Record
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
        services=SimpleNamespace(backend="cloud", platform=("cloud",)),
        docker=SimpleNamespace(image=lambda _name: Image(directory="/srv"), has_volume=lambda _name: False),
        backend_files=SimpleNamespace(metadata=Metadata(FILE, PurePosixPath("Metadata/File.config"), 1, devices)),
        context=SimpleNamespace(
            state=SimpleNamespace(folder=tmp_path / ".edge-tasks", record=Record(tmp_path / "record.json")),
            platform=SimpleNamespace(path=tmp_path),
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
    write(path, text)
    assert shell(metadata_file._READ, path) == f"there:{text}"
    assert path.stat().st_mode & 0o777 == 0o640
    shell(metadata_file._REMOVE, path)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_that_a_container_makes_is_private(tmp_path: Path) -> None:
    write(tmp_path / "metadata.json", "{}")
    assert (tmp_path / "metadata.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("arrived", ["", '{"edges": {}', '{"edges": {"caf'])
def test_of_a_text_of_which_only_a_part_arrives_nothing_is_written(tmp_path: Path, arrived: str) -> None:
    path = tmp_path / "metadata.json"
    path.write_text("theirs")
    whole = '{"edges": {"café": {}}}'
    with pytest.raises(subprocess.CalledProcessError) as refused:
        shell(metadata_file._WRITE, path, arrived, metadata_file._bytes(whole))
    assert refused.value.stderr == "only a part of it has arrived\n"
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("metadata.json", "theirs")]


def test_a_link_stays_and_what_it_leads_to_is_read_and_replaced_and_removed(tmp_path: Path) -> None:
    link, real = tmp_path / "metadata.json", tmp_path / "real" / "devices.json"
    real.parent.mkdir()
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to("real/devices.json")
    assert shell(metadata_file._READ, link) == "there:before"
    write(link, "{}")
    assert (link.is_symlink(), real.read_text(), real.stat().st_mode & 0o777) == (True, "{}", 0o640)
    shell(metadata_file._REMOVE, link)
    assert not real.exists()


def test_a_link_that_leads_nowhere_inside_a_container_is_not_taken_for_no_file(tmp_path: Path) -> None:
    link = tmp_path / "metadata.json"
    link.symlink_to("/nowhere/devices.json")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        shell(metadata_file._READ, link)
    assert refused.value.stderr == "it is a link that leads nowhere in the container\n"


def test_a_file_of_root_that_a_link_leads_to_is_reached_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalFile, "may_be_replaced", False)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "devices.json").write_text("{}")
    (tmp_path / "metadata.json").symlink_to("elsewhere/devices.json")
    place = place_of(stack(tmp_path, bind(tmp_path, "/var/opt/openems")))
    assert str(place) == str(tmp_path.resolve() / "elsewhere" / "devices.json")


class Engine:
    """Docker with a container whose file has this text, and an image that has another one."""

    def __init__(self, container: str | None, failure: str = "") -> None:
        self.container, self.failure = container, failure
        self.asked: list[tuple[str, ...]] = []

    def save(self, target: Path, *arguments: str) -> None:
        self.asked.append(arguments)
        if self.failure:
            raise CommandFailed(f"docker cp ended with 1\n    {self.failure}")
        content = (self.container or "").encode()
        with tarfile.open(target, "w") as archive:
            member = tarfile.TarInfo("metadata.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

    def ask(self, *_arguments: str) -> str:
        return "there:of the image"


def with_engine(tmp_path: Path, engine: Engine) -> Stack:
    found: Any = stack(tmp_path)
    found.docker.ask, found.docker.save = engine.ask, engine.save
    found.container = lambda _service: None if engine.container is None else SimpleNamespace(id="c1")
    (tmp_path / ".edge-tasks").mkdir()
    return cast("Stack", found)


def test_devices_that_people_have_entered_in_a_container_are_in_our_copy_of_its_file(tmp_path: Path) -> None:
    engine = Engine("of people: é")
    place = place_of(with_engine(tmp_path, engine))
    assert place.read() == "of people: é"
    assert engine.asked == [("cp", "--follow-link", "c1:/var/opt/openems/metadata.json", "-")]
    place.write("ours")
    assert place.read() == "ours"
    assert sorted(tmp_path.glob(".edge-tasks/*")) == [tmp_path / ".edge-tasks" / "metadata.json"]


@pytest.mark.parametrize(
    "engine",
    [
        Engine(None),
        Engine("", "Error response from daemon: Could not find the file /var/opt in container c1"),
        Engine("", "Error: No such container:path: c1:/var/opt/openems/metadata.json"),
    ],
)
def test_without_a_container_or_a_file_in_it_that_of_the_image_counts(tmp_path: Path, engine: Engine) -> None:
    assert place_of(with_engine(tmp_path, engine)).read() == "of the image"


def test_a_container_whose_file_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="the daemon is down"):
        place_of(with_engine(tmp_path, Engine("", "the daemon is down"))).read()


@pytest.mark.parametrize(("is_there", "text"), [(True, "of the volume"), (False, "of the image")])
def test_a_look_makes_no_volume_but_reads_what_a_new_one_would_be_made_of(
    tmp_path: Path, *, is_there: bool, text: str
) -> None:
    volume: Volume = {"type": "volume", "source": "devices", "target": "/var/opt/openems"}
    found: Any = stack(tmp_path, volume)
    found.docker.has_volume = lambda name: is_there and name == "p_devices"
    found.docker.ask = lambda *_arguments: "there:of the image"
    found.compose = SimpleNamespace(ask=lambda *_arguments, **_how: "there:of the volume")
    assert place_of(found).read() == text


def test_a_file_that_a_container_cannot_replace_is_refused_with_what_mends_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: str, **_how: str) -> str:
        raise CommandFailed("Read-only file system")

    volume: Volume = {"type": "volume", "source": "devices", "target": "/var/opt/openems"}
    in_volume: Any = stack(tmp_path, volume)
    in_volume.compose = SimpleNamespace(ask=refused)
    monkeypatch.setattr(LocalFile, "may_be_replaced", False)
    of_root: Any = stack(tmp_path, bind(tmp_path, "/var/opt/openems"))
    of_root.docker.ask = refused
    for place in (place_of(in_volume), place_of(of_root)):
        with pytest.raises(FileRefused, match="Read-only file system") as error:
            place.write("{}")
        assert error.value.hint == f"make {place} a file that root may replace: not read-only, and no folder"


def write(path: Path, text: str) -> None:
    shell(metadata_file._WRITE, path, text, metadata_file._bytes(text))


def shell(script: str, path: Path, given: str = "", *more: str) -> str:
    done = subprocess.run(
        ["sh", "-c", script, "sh", str(path), *more],
        input=given,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout
