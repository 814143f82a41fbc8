"""The bundled platform, in a folder that has none yet, with files that were put there by hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.inv import finished
from tests.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

INSTALLED = [sys.executable, "-c", "import sys; from edge_tasks.cli.program import main; sys.exit(main())"]
"""The installed command: it works for the folder in which it is typed."""

PROJECT = "edge-tasks-test-bundled"
ADDONS = ("openems", "web_m2x_options", "partner_firstname")
NO_NETWORK = {"PIP_NO_INDEX": "1", "EDGE_TASKS_DOWNLOAD_FROM": "http://127.0.0.1:9"}


@dataclass(frozen=True)
class Folder:
    """A folder in which ``edge-tasks`` is typed."""

    path: Path
    project: str = PROJECT

    def typed(self, *arguments: str, code: int = 0, more: Mapping[str, str] | None = None) -> str:
        """What a command says, output and errors together."""
        done = finished(
            self.command(*arguments), cwd=self.path, env={**os.environ, **(more or {})}, timeout_s=300
        )
        assert done.returncode == code, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    def document(self, *arguments: str) -> dict[str, Any]:
        """The JSON document of a command."""
        command = self.command(*arguments, "--json")
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def command(self, *arguments: str) -> list[str]:
        return [
            *(*INSTALLED, *arguments, "--runtime", "docker"),
            *("--port-offset", "4100", "--project-name", self.project),
        ]

    def shell(self, command: str) -> str:
        """What a line that people are told to type says."""
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def put_by_hand(self) -> None:
        """What cannot be fetched: jars, the addon, and two packages of another version."""
        for program in ("openems-edge", "openems-backend"):
            jar = self.path / "platform" / program / f"{program}.jar"
            jar.parent.mkdir(parents=True)
            with zipfile.ZipFile(jar, "w") as archive:
                archive.writestr("META-INF/MANIFEST.MF", "Main-Class: a.B\n")
        odoo = self.path / "platform" / "odoo"
        odoo.mkdir()
        manifest = self.path / "__manifest__.py"
        manifest.write_text("{}\n")
        with tarfile.open(odoo / "odoo-openems.tar.gz", "w:gz") as archive:
            archive.add(manifest, "odoo-openems-16.0/openems/__manifest__.py")
        for addon in ADDONS[1:]:
            with zipfile.ZipFile(odoo / f"odoo_addon_{addon}-16.0.9-py3-none-any.whl", "w") as archive:
                archive.writestr(f"odoo/addons/{addon}/__manifest__.py", "{}\n")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A new one."""
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, project_removed: Callable[[str], None]) -> Iterator[Folder]:
    """Three edges."""
    found = Folder(tmp_path_factory.mktemp("bundled"))
    found.put_by_hand()
    try:
        found.typed("setup", "--edges", "3", more=NO_NETWORK)
        yield found
        found.typed("down", "--purge")
    finally:
        project_removed(PROJECT)


def test_plan_says_what_would_be_made_where_nothing_is(folder: Folder) -> None:
    said = folder.typed("plan", "--edges", "2")
    assert f"create the bundled platform in {folder.path / 'platform'}" in said
    assert "download https://github.com/OpenEMS/openems/releases/download/2026.1.0/openems-edge.jar" in said
    assert "download odoo-addon-web-m2x-options==16.0.1.1.3.5" in said
    assert "start openems-edge-0, openems-edge-1" in said
    assert list(folder.path.iterdir()) == []


def test_without_a_network_it_says_what_to_put_where_by_hand(folder: Folder) -> None:
    said = folder.typed("build", code=4, more=NO_NETWORK)
    platform = folder.path / "platform"
    for file in ("openems-edge/openems-edge.jar", "openems-backend/openems-backend.jar"):
        assert str(platform / file) in said
    assert str(platform / "odoo" / "odoo-openems.tar.gz") in said
    assert str(platform / "odoo" / "odoo_addon_partner_firstname-16.0.1.0.6.1-py3-none-any.whl") in said


def test_a_file_that_was_not_copied_to_its_end_is_named(folder: Folder) -> None:
    folder.put_by_hand()
    jar = folder.path / "platform" / "openems-edge" / "openems-edge.jar"
    jar.write_bytes(jar.read_bytes()[:30])
    said = folder.typed("build", code=2, more=NO_NETWORK)
    assert f"{jar} is not a whole file of its kind" in said
    assert f"rm {jar}" in said


def test_a_volume_of_its_earlier_influxdb_2_is_refused_with_what_to_type(
    folder: Folder, docker: Callable[..., str]
) -> None:
    project = "edge-tasks-test-bundled-second"
    volume = f"{project}_influxdb-data"
    of_project = replace(folder, project=project)
    of_project.put_by_hand()
    docker("volume", "create", volume)
    try:
        second = ("-v", f"{volume}:/data", "--entrypoint", "touch", "influxdb:1.8", "/data/influxd.bolt")
        docker("run", "--rm", "--network", "none", *second)
        said = of_project.typed("doctor", code=2)
        assert f"the volume {volume} has data of InfluxDB 2, which influxdb:1.8 cannot use" in said
        [command] = re.findall(r"docker volume rm \S+", said)
        of_project.typed("down")
        of_project.shell(command)
        of_project.typed("doctor")
    finally:
        docker("volume", "rm", "-f", volume)
        of_project.typed("down", "--purge")


def test_a_platform_of_an_earlier_version_is_renewed(folder: Folder) -> None:
    folder.put_by_hand()
    folder.typed("doctor")
    outdated = folder.path / "platform" / "openems-backend" / "config.d" / "Timedata" / "Dummy.config"
    outdated.write_text(':org.apache.felix.configadmin.revision:=L"1"\nservice.pid="Timedata.Dummy"\n')
    assert "renew openems-backend/config.d/Timedata/Dummy.config, which an earlier" in folder.typed("plan")
    assert "renewed what an earlier version made: openems-backend/config.d/" in folder.typed("doctor")
    assert not outdated.exists()


def test_its_fleet_comes_up_without_a_network_and_its_points_arrive(fleet: Folder) -> None:
    said = fleet.document("verify")
    assert [edge["state"] for edge in said["edges"]] == ["online"] * 3
    assert said["history"] == {"arrives": True, "said": "points of 3 edges arrive in openemsdb/autogen"}
    assert fleet.document("doctor")["findings"] == []


def dropped_share(log: str) -> float:
    """The share of all writes that a backend drops now, as its monitor says."""
    said: list[str] = re.findall(r"Limit:([0-9.]+)", log)
    return float(said[-1]) if said else 0.0


def test_points_that_are_thrown_away_are_told_and_what_is_typed_helps(fleet: Folder) -> None:
    influx = fleet.shell(f"docker exec {PROJECT}-influxdb-1 influx -execute 'DROP DATABASE openemsdb'")
    assert influx == ""
    [finding] = fleet.document("doctor")["findings"]
    assert not finding["error"]
    said = fleet.document("verify")["history"]
    assert said == {"arrives": False, "said": f"{finding['where']}: {finding['what']} → {finding['change']}"}
    assert "openemsdb/autogen is not there" in finding["what"]
    assert re.search(r"0f6f3c5e-\S+\.config:\d+", finding["where"])
    create, restart = finding["change"].split("; then restart the backend, which drops writes after failures: ")

    # So many that it still drops some when it is asked: with each write that succeeds, it drops fewer.
    await_that(
        lambda: dropped_share(fleet.shell(f"docker logs --tail 50 {PROJECT}-openems-backend-1")) > 0.5, 60, 1
    )
    fleet.shell(create)
    after = fleet.document("verify")["history"]["said"]
    assert re.search(r"the backend drops \d+% of all writes, because some failed before", after)
    assert restart in after

    fleet.shell(restart)
    assert fleet.document("up", "verify")["history"]["arrives"]


@pytest.mark.usefixtures("fleet")
def test_odoos_image_has_the_addons_where_odoo_has_its_own(docker: Callable[..., str]) -> None:
    where = "/usr/lib/python3/dist-packages/odoo/addons"
    found = docker("run", "--rm", "--entrypoint", "ls", "edge-tasks-odoo:16.0", where).split()
    assert sorted(found) == sorted(ADDONS)


@pytest.mark.usefixtures("fleet")
def test_its_images_leave_those_of_a_checkout_alone(docker: Callable[..., str]) -> None:
    form = '{{index .Config.Labels "com.docker.compose.project"}}'
    for name in ("openems-edge", "openems-backend"):
        assert docker("image", "inspect", "-f", form, f"edge-tasks-{name}:latest") == PROJECT
        assert docker("images", "-q", "-f", f"label=com.docker.compose.project={PROJECT}", f"{name}:latest") == ""
