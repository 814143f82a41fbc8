from __future__ import annotations

import pytest

from edge_tasks.adapters.containers import Image
from edge_tasks.adapters.rendering import templates_folder
from edge_tasks.checkout.backend_findings import check_config_place
from edge_tasks.checkout.inheritance import told_config_folder

DOCKERFILE = 'FROM x\nCMD ["java", "-Dfelix.cm.dir=/etc/openems-backend.d/", "-jar", "/b.jar"]\n'
OTHER = Image(words=("java", "-Dfelix.cm.dir=/opt/other", "-jar", "/b.jar"))


def place(*path: str) -> str:
    return f"compose.yml:{'/'.join(path)}"


def test_a_configuration_that_lies_elsewhere_than_the_image_looks_is_an_error() -> None:
    [found] = check_config_place("cloud", "/opt/b/config.d", "/etc/openems-backend.d/", place)
    assert found.is_error
    assert found.where == "compose.yml:cloud/volumes"
    assert (
        "cloud has its configuration in /opt/b/config.d, but its image looks in /etc/openems-backend.d/"
        in str(found)
    )
    assert "mount it at /etc/openems-backend.d/" in found.change


@pytest.mark.parametrize(
    ("lies_in", "looks_in"),
    [
        *[("/etc/b.d", "/etc/b.d/"), (None, "/etc/b.d"), ("/etc/b.d", None), (None, None)],
        *[("/opt/config.d", "config.d"), ("/etc/b.d", "/etc/${NAME}")],
    ],
)
def test_what_agrees_or_is_not_known_is_no_finding(lies_in: str | None, looks_in: str | None) -> None:
    assert check_config_place("cloud", lies_in, looks_in, place) == []


def test_an_image_that_is_built_looks_where_its_dockerfile_says_whatever_image_has_its_name_now() -> None:
    assert told_config_folder({}, OTHER, DOCKERFILE) == "/etc/openems-backend.d/"
    assert told_config_folder({}, OTHER) == "/opt/other"
    assert told_config_folder({}, Image()) is None


def test_a_command_of_the_service_wins() -> None:
    service = {"command": ["java", "-Dfelix.cm.dir=/mine", "-jar", "/b.jar"]}
    assert told_config_folder(service, OTHER, DOCKERFILE) == "/mine"  # type: ignore[arg-type] # a part of it


def test_the_bundled_backend_looks_where_its_configuration_is_mounted() -> None:
    dockerfile = (templates_folder() / "platform" / "openems-backend" / "Dockerfile").read_text()
    assert told_config_folder({}, Image(), dockerfile) == "/etc/openems-backend.d/"
