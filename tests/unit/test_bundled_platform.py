from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
import yaml

from edge_tasks.adapters.rendering import templates_folder
from edge_tasks.openems import felix
from tests.unit.platform_template import files

if TYPE_CHECKING:
    from pathlib import Path

PLATFORM = templates_folder() / "platform"
REVISION = ":org.apache.felix.configadmin.revision:"


def read(folder: Path) -> dict[str, tuple[PurePosixPath, dict[str, felix.Value]]]:
    """Path and values of each file by PID; Felix's own bindings file has no PID but its name."""
    found = {}
    for path in folder.rglob("*.config"):
        document = felix.parse(path.read_text())
        pid = document.string("service.pid") or path.stem
        values = {name: value for name, value in document.values().items() if name != REVISION}
        found[pid] = (PurePosixPath(path.relative_to(folder)), values)
    return found


EDGE = read(PLATFORM / "openems-edge" / "config.d")
BACKEND = read(PLATFORM / "openems-backend" / "config.d")
SERVICES = yaml.safe_load((PLATFORM / "docker-compose.yml").read_text())["services"]


def test_the_edge_template_has_the_24_files() -> None:
    assert len(list((PLATFORM / "openems-edge").rglob("*.config"))) == len(EDGE) == 24


@pytest.mark.parametrize(
    ("pid", "path"), [(pid, path) for files in (EDGE, BACKEND) for pid, (path, _) in files.items()]
)
def test_felix_finds_a_file_where_its_pid_says(pid: str, path: PurePosixPath) -> None:
    assert path == felix.path_of(pid)


@pytest.mark.parametrize(("pid", "values"), list(files()))
def test_a_file_says_what_that_of_a_checkout_says(pid: str, values: dict[str, felix.Value]) -> None:
    assert {name: value for name, value in EDGE[pid][1].items() if name != "service.pid"} == values


def test_there_is_no_other_file_than_a_checkout_has() -> None:
    assert set(EDGE) == {pid for pid, _ in files()}


def test_the_services_are_the_platforms() -> None:
    assert set(SERVICES) == {"db", "odoo16", "influxdb", "openems-backend", "openems-edge", "openems-ui"}


def test_backend_and_compose_agree_on_database_and_odoo() -> None:
    _, odoo = BACKEND["Metadata.Odoo"]
    assert (
        odoo["pgUser"]
        == SERVICES["db"]["environment"]["POSTGRES_USER"]
        == SERVICES["odoo16"]["environment"]["USER"]
    )
    assert odoo["pgPassword"] == SERVICES["db"]["environment"]["POSTGRES_PASSWORD"]
    assert odoo["pgPassword"] == SERVICES["odoo16"]["environment"]["PASSWORD"]
    assert odoo["pgHost"] == SERVICES["odoo16"]["environment"]["HOST"] == "db"
    assert odoo["odooHost"] == "odoo16"
    assert f"10016:{odoo['odooPort']}" in SERVICES["odoo16"]["ports"]


def test_backend_and_compose_agree_on_influxdb() -> None:
    _, influxdb = BACKEND["Timedata.InfluxDB.0f6f3c5e-6a0f-4d7e-9a57-4a1d3f7a2b61"]
    service = SERVICES["influxdb"]
    assert (influxdb["url"], service["image"]) == ("http://influxdb:8086", "influxdb:1.8")
    assert influxdb["bucket"] == f"{service['environment']['INFLUXDB_DB']}/autogen"
    assert service["volumes"] == ["influxdb-data:/var/lib/influxdb"]


def test_no_image_is_called_as_one_of_a_docker_openems_checkout() -> None:
    built = {service["image"] for service in SERVICES.values() if "build" in service}
    assert all(image.startswith("edge-tasks-") for image in built)
    assert len(built) == 3


def test_no_build_has_a_network() -> None:
    assert {service["build"]["network"] for service in SERVICES.values() if "build" in service} == {"none"}


def test_nothing_is_copied_into_the_volume_of_odoos_image() -> None:
    lines = (PLATFORM / "odoo" / "Dockerfile").read_text().splitlines()
    assert not [line for line in lines if "/mnt/extra-addons" in line and not line.startswith("#")]


def test_no_host_port_is_published_twice() -> None:
    ports = [str(port).split(":")[-2] for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == len(set(ports))


@pytest.mark.parametrize(("pid", "port"), [("Edge.Websocket", 8081), ("Ui.Websocket", 8082)])
def test_what_the_backend_listens_on_is_published(pid: str, port: int) -> None:
    assert BACKEND[pid][1]["port"] == port
    assert f"{port}:{port}" in SERVICES["openems-backend"]["ports"]
