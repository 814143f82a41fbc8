"""The compose file as it is written. tests/integration/test_override_compose.py compares it with Compose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_tasks.checkout.as_written import read_services
from edge_tasks.checkout.compose_file import find_compose_files, read_compose_files
from edge_tasks.checkout.override import MARK
from edge_tasks.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from edge_tasks.checkout.project import Service

BASE = """\
services:
  openems-edge:
    image: openems/edge:2024.7.0
    environment: {TZ: Europe/Berlin, LOG: info}
    volumes: ["./openems-edge/config.d:/etc/openems.d", "data:/var/data"]
    networks: [default]
"""


def services(folder: Path, **files: str) -> dict[str, Service]:
    """What is read of a platform with these files: ``compose`` stands for ``compose.yml``."""
    for name, text in files.items():
        path = folder / f"{name.replace('_override', '.override').replace('__', '/')}.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return read_services(find_compose_files(folder), folder)


def test_the_users_own_override_is_read_on_top_of_the_compose_file(tmp_path: Path) -> None:
    override = """\
services:
  openems-edge:
    image: mine
    environment: ["LOG=debug", "MORE=1"]
    volumes: ["other:/var/data"]
    networks: {field: {aliases: [e]}}
  added: {image: x}
"""
    found = services(tmp_path, compose=BASE, compose_override=override)
    edge = found["openems-edge"]
    assert edge["image"] == "mine"
    assert edge["environment"] == {"TZ": "Europe/Berlin", "LOG": "debug", "MORE": "1"}
    assert [volume["target"] for volume in edge["volumes"]] == ["/etc/openems.d", "/var/data"]
    assert edge["volumes"][1]["source"] == "other"
    assert set(edge["networks"]) == {"default", "field"}
    assert found["added"]["image"] == "x"


def test_our_own_override_is_not_read(tmp_path: Path) -> None:
    ours = f"{MARK}\nservices: {{openems-edge: {{profiles: [disabled]}}}}\n"
    found = services(tmp_path, compose=BASE, **{"docker-compose_override": ours})
    assert "profiles" not in found["openems-edge"]


def test_an_override_without_services_says_nothing_of_them(tmp_path: Path) -> None:
    found = services(tmp_path, compose=BASE, compose_override="networks: {a: {}}\n")
    assert list(found) == ["openems-edge"]


def test_what_a_service_extends_is_taken_over_and_its_paths_are_of_the_other_files_folder(
    tmp_path: Path,
) -> None:
    base = (
        "services: {openems-edge: {extends: {file: common/edge.yml, service: base}, environment: {LOG: debug}}}\n"
    )
    found = services(tmp_path, compose=base, common__edge=BASE.replace("openems-edge:\n", "base:\n"))
    edge = found["openems-edge"]
    assert edge["image"] == "openems/edge:2024.7.0"
    assert edge["environment"] == {"TZ": "Europe/Berlin", "LOG": "debug"}
    assert edge["volumes"][0]["source"] == str(tmp_path / "common" / "openems-edge" / "config.d")
    assert "extends" not in edge


def test_a_service_may_extend_another_of_its_file_which_extends_a_third(tmp_path: Path) -> None:
    base = """\
services:
  a: {image: a, command: [x], depends_on: [db]}
  b: {extends: {service: a}, command: [y], depends_on: {odoo: {condition: service_started}}}
  openems-edge: {extends: b, image: c}
"""
    edge = services(tmp_path, compose=base)["openems-edge"]
    assert (edge["image"], edge["command"], list(edge["depends_on"])) == ("c", ["y"], ["db", "odoo"])


@pytest.mark.parametrize("extends", ["openems-edge", "nobody", "{file: '${X}/e.yml', service: a}"])
def test_an_extends_that_leads_nowhere_ends(extends: str, tmp_path: Path) -> None:
    base = f"services: {{openems-edge: {{image: a, extends: {extends}}}}}\n"
    assert services(tmp_path, compose=base)["openems-edge"]["image"] == "a"


def test_a_file_that_is_extended_and_not_there_is_named(tmp_path: Path) -> None:
    base = "services: {openems-edge: {extends: {file: gone.yml, service: a}}}\n"
    with pytest.raises(SettingsError, match=r"gone\.yml"):
        services(tmp_path, compose=base)


def test_the_edge_of_an_override_is_the_platforms_edge(tmp_path: Path) -> None:
    services(tmp_path, compose="services: {db: {image: postgres}}\n", compose_override=BASE)
    found = read_compose_files(find_compose_files(tmp_path), tmp_path)
    assert (found.service, found.image) == ("openems-edge", "openems/edge:2024.7.0")
