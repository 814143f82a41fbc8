from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from edge_tasks.checkout.layouts import DOCKER_OPENEMS, Layout, Platform, bundled_source
from edge_tasks.errors import SettingsError

OTHER = Layout("other", PurePosixPath("fleet"), PurePosixPath("edge/conf"), PurePosixPath("backend/conf"))


def test_the_bundled_platform_is_laid_out_as_it_says() -> None:
    for folder in (DOCKER_OPENEMS.edges, DOCKER_OPENEMS.template, DOCKER_OPENEMS.backend_config):
        assert (bundled_source() / folder).is_dir()


def test_everything_is_read_and_written_where_the_layout_says(tmp_path: Path) -> None:
    platform = Platform(tmp_path, bundled=False, layout=OTHER)
    assert platform.edges_folder == tmp_path / "fleet"
    assert platform.template_folder == tmp_path / "edge" / "conf"
    assert platform.backend_config == tmp_path / "backend" / "conf"


def test_a_checkout_without_a_template_is_refused_with_the_place_that_was_looked_at(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="looked for edge/conf"):
        Platform(tmp_path, bundled=False, layout=OTHER).template()


def test_a_template_of_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / OTHER.template).mkdir(parents=True)
    (tmp_path / OTHER.template / "a.config").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="not UTF-8"):
        Platform(tmp_path, bundled=False, layout=OTHER).template()


def test_a_compose_file_of_another_encoding_is_refused_by_name_and_line(tmp_path: Path) -> None:
    text = "services:\n  openems-edge:\n    image: edge  # für Zähler\n"
    (tmp_path / "docker-compose.yml").write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"docker-compose\.yml:3: not UTF-8"):
        Platform(tmp_path, bundled=False).compose()


def test_the_template_is_the_same_before_and_after_the_bundled_platform_is_laid_out(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform", bundled=True)
    missing, before = platform.is_missing, (platform.template().digest, platform.compose())
    platform.lay_out()
    assert (missing, platform.is_missing) == (True, False)
    assert (platform.template().digest, platform.compose()) == before


def test_laying_out_again_brings_back_what_is_missing_and_keeps_what_was_added(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform", bundled=True)
    platform.lay_out()
    (platform.path / "docker-compose.yml").unlink()
    (platform.path / "mine").write_text("x")
    platform.lay_out()
    assert (platform.path / "docker-compose.yml").is_file()
    assert (platform.path / "mine").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["platform"]


def test_only_what_was_laid_out_and_not_changed_is_removed(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform", bundled=True)
    platform.lay_out()
    changed, added = platform.path / "docker-compose.yml", platform.edges_folder / "mine"
    changed.write_text("services: {}\n")
    added.write_text("x")
    assert set(platform.remove_bundled()) == {changed, added}
    added.unlink()
    changed.write_text((bundled_source() / "docker-compose.yml").read_text())
    assert platform.remove_bundled() == ()
    assert not platform.path.exists()


@pytest.mark.parametrize(
    ("services", "missing"),
    [
        ("{openems-edge: {image: 'openems/edge:latest'}, ui: {image: nginx}}", ("backend", "database", "odoo")),
        ("{b: {image: x, ports: ['127.0.0.1:8081:8081/tcp']}, db: {image: y}, odoo: {image: z}}", ()),
        ("{b: {image: x, ports: [{target: 8081}]}, o: {image: 'odoo:16'}}", ("database",)),
        (
            "{b: {image: x, ports: ['${PORT}:8082-8083']}, o: {image: 'odoo:16'}, d: {image: 'postgres:15'}}",
            ("backend",),
        ),
    ],
)
def test_which_services_the_compose_file_lacks_is_known_without_an_engine(
    services: str, missing: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "compose.yml").write_text(f"services: {services}\n")
    assert Platform(tmp_path, bundled=False).missing_services({}) == missing


def test_a_compose_file_that_cannot_be_read_says_nothing_of_what_it_lacks(tmp_path: Path) -> None:
    assert Platform(tmp_path, bundled=False).missing_services({}) == ()
    (tmp_path / "compose.yml").write_text("services: [\n")
    assert Platform(tmp_path, bundled=False).missing_services({}) == ()
