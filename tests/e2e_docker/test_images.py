from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {
    "openems-edge:latest": "edge-tasks-test-images-edge",
    "openems-backend:latest": "edge-tasks-test-images-backend",
}


@pytest.fixture
def builder(platform: Any) -> Iterator[Any]:
    """A checkout whose images have names of their own, which are gone in the end."""
    compose = platform.path / "docker-compose.yml"
    text = compose.read_text()
    for name, own in NAMES.items():
        text = text.replace(f"image: {name}", f"image: {own}")
    compose.write_text(text)
    yield platform
    for own in NAMES.values():
        if platform.docker("images", "-q", own):
            platform.docker("rmi", "-f", own)


def test_images_are_built_once_and_again_when_what_they_are_built_of_changed(builder: Any) -> None:
    assert "2 images built, 0 fetched" in builder.inv("build")
    assert "nothing to do: 4 images present" in builder.inv("build")
    (builder.path / "openems-edge" / "new.file").write_text("changed")
    assert "1 image built, 0 fetched" in builder.inv("build")
    assert "nothing to do: 4 images present" in builder.inv("build")


def test_what_a_container_writes_into_its_mounted_configuration_is_no_reason_to_build(builder: Any) -> None:
    compose = builder.path / "docker-compose.yml"
    mount = "    volumes: ['./openems-backend/config.d:/opt/openems-backend/config.d']\n"
    compose.write_text(
        compose.read_text().replace("    build: ./openems-backend\n", f"    build: ./openems-backend\n{mount}")
    )
    builder.inv("build")
    (builder.path / "openems-backend" / "config.d" / "written.config").write_text('by="the backend"\n')
    assert "nothing to do: 4 images present" in builder.inv("build")


def test_an_image_built_by_hand_is_taken_while_it_is_newer_than_its_files(builder: Any) -> None:
    context = builder.path / "openems-edge"
    # An image out of the engine's cache would be as old as the test run that made it, and older than its files.
    name = NAMES["openems-edge:latest"]
    builder.docker("build", "-q", "--no-cache", "-t", name, "--label", "by=hand", str(context))
    said = builder.inv("build")
    assert "1 image built" in said  # the backend's
    assert by_hand(builder)
    (context / "Dockerfile").write_text("FROM edge-tasks-test-edge\nLABEL newer=1\n")
    assert "1 image built" in builder.inv("build")
    assert not by_hand(builder)


def test_another_image_under_the_platforms_own_has_it_built_again_and_its_edges_created_again(
    builder: Any,
) -> None:
    base, original = "edge-tasks-test-images-base", "edge-tasks-test-edge"
    builder.docker("tag", original, base)
    try:
        (builder.path / "openems-edge" / "Dockerfile").write_text(f"FROM {base}\nLABEL of=base\n")
        builder.inv("build")
        assert "nothing to do: 4 images present" in builder.inv("build")
        newer = builder.path.parent / "newer"
        newer.mkdir()
        (newer / "Dockerfile").write_text(f"FROM {original}\nLABEL newer=2\n")
        builder.docker("build", "-q", "-t", base, str(newer))
        assert "1 image built, 0 fetched" in builder.inv("build")
        assert "nothing to do: 4 images present" in builder.inv("build")
    finally:
        builder.docker("rmi", "-f", base)


def test_an_image_that_was_removed_is_built_again(builder: Any) -> None:
    builder.inv("build")
    builder.docker("rmi", "-f", NAMES["openems-edge:latest"])
    assert "1 image built, 0 fetched" in builder.inv("build")


def test_without_building_the_images_must_be_there(builder: Any) -> None:
    said = builder.inv("build", "--skip-build", code=3)
    assert f"images are missing: {', '.join(reversed(NAMES.values()))}" in said


def test_the_bundles_of_a_jar_are_unpacked_once_for_all_edges_of_an_image(builder: Any) -> None:
    put_jar(builder, b"first")
    said = builder.inv("setup", "--edges", "2")
    assert "the edges' bundles unpacked" in said
    before = builder.containers()
    edge = before["openems-edge-1"]
    environment = builder.docker("inspect", "--format", "{{json .Config.Env}}", edge)
    assert "-Dlauncher.properties=/edge-tasks/bundles/launcher.properties" in environment
    assert builder.docker("exec", edge, "cat", "/edge-tasks/bundles/jar/a.jar") == "first"
    told = builder.docker("exec", edge, "cat", "/edge-tasks/bundles/launcher.properties").splitlines()
    assert {"launch.bundles=/edge-tasks/bundles/jar/a.jar", "launch.embedded=false"} < set(told)
    builder.docker("exec", "--user", "1000:1000", edge, "mkdir", "/edge-tasks/cache/felix")
    builder.inv("setup", "--edges", "2")
    assert builder.containers() == before
    put_jar(builder, b"second")
    builder.inv("setup", "--edges", "2")
    edge = builder.containers()["openems-edge-1"]
    assert builder.docker("exec", edge, "cat", "/edge-tasks/bundles/jar/a.jar") == "second"
    assert len(list((builder.path / ".edge-tasks" / "bundles").iterdir())) == 1
    builder.inv("compose", "--edge-bundles", "jar")
    assert "/edge-tasks/" not in (builder.path / "docker-compose.override.yml").read_text()
    builder.inv("down", "--purge")
    assert not (builder.path / ".edge-tasks").exists()


def test_an_image_whose_jar_is_elsewhere_has_its_edges_started_as_they_are(builder: Any) -> None:
    put_jar(builder, b"first", command="/somewhere/else.jar")
    assert "no bundles found in the edges' image" in builder.inv("build")
    assert "nothing to do: 4 images present" in builder.inv("build")
    builder.inv("compose", "--edges", "1")
    assert "/edge-tasks" not in (builder.path / "docker-compose.override.yml").read_text()


def test_a_jar_that_is_mounted_over_the_images_is_not_taken_for_it(builder: Any) -> None:
    put_jar(builder, b"first")
    builder.inv("build", "compose", "--edges", "1")
    assert "/edge-tasks/bundles" in (builder.path / "docker-compose.override.yml").read_text()
    compose = builder.path / "docker-compose.yml"
    name = NAMES["openems-edge:latest"]
    mount = f"    image: {name}\n    volumes: ['./openems-edge/openems.jar:/opt/openems/openems.jar:ro']\n"
    compose.write_text(compose.read_text().replace(f"    image: {name}\n", mount))
    assert "no bundles found in the edges' image" in builder.inv("build", "compose")
    assert "/edge-tasks/bundles" not in (builder.path / "docker-compose.override.yml").read_text()


def test_without_building_bundles_are_unpacked_all_the_same(builder: Any) -> None:
    put_jar(builder, b"first")
    builder.inv("build")
    shutil.rmtree(builder.path / ".edge-tasks" / "bundles")
    said = builder.inv("build", "--skip-build")
    assert "the edges' bundles unpacked" in said
    assert "built" not in said


def put_jar(builder: Any, bundle: bytes, command: str = "openems.jar") -> None:
    """Have the edges' image run a jar with a bundle, so its command says; what really runs is a light edge."""
    context = builder.path / "openems-edge"
    with zipfile.ZipFile(context / "openems.jar", "w") as jar:
        jar.writestr("launcher.properties", "launch.embedded=true\nlaunch.bundles=jar/a.jar\n")
        jar.writestr("jar/a.jar", bundle)
    lines = ("FROM edge-tasks-test-edge", "WORKDIR /opt/openems", "COPY openems.jar .")
    (context / "Dockerfile").write_text("\n".join((*lines, f'CMD ["java", "-jar", "{command}"]', "")))


def by_hand(builder: Any) -> bool:
    form = "{{json .Config.Labels}}"
    return '"by":"hand"' in builder.docker("image", "inspect", "--format", form, NAMES["openems-edge:latest"])
