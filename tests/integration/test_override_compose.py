from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from edge_tasks.checkout.as_written import read_services
from edge_tasks.checkout.compose_file import (
    NAMES,
    find_compose_file,
    find_compose_files,
    parse_compose_file,
)
from edge_tasks.checkout.override import render_override
from edge_tasks.fleet.identity import Fleet

PLATFORM = Path(__file__).parents[2] / "templates" / "platform" / "docker-compose.yml"
WAYS_TO_DEPEND = (
    "depends_on: [openems-edge]",
    "depends_on: {openems-edge: {condition: service_started}}",
    'links: ["openems-edge:edge"]',
    "volumes_from: [openems-edge]",
    'volumes_from: ["openems-edge:ro"]',
    'network_mode: "service:openems-edge"',
    'ipc: "service:openems-edge"',
    'pid: "service:openems-edge"',
)


def compose_binary() -> str:
    spec = importlib.util.find_spec("compose")
    assert spec is not None
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    return str(next(place / "docker-compose" for place in places if (place / "docker-compose").exists()))


def config(folder: Path, base: str, override: str, code: int = 0) -> dict[str, Any]:
    (folder / "docker-compose.yml").write_text(base)
    (folder / "docker-compose.override.yml").write_text(override)
    return compose(folder, code)


def compose(folder: Path, code: int = 0) -> dict[str, Any]:
    done = subprocess.run(
        [compose_binary(), "config", "--format", "json"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["services"] if code == 0 else {"error": done.stderr}
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "plät form"
    place.mkdir()
    return place


@pytest.mark.parametrize("size", [1, 3, 20])
def test_compose_sees_each_edge_with_its_own_ports_and_volume(folder: Path, size: int) -> None:
    base = PLATFORM.read_text()
    override = render_override(Fleet("id", bytes(32), size).edges, parse_compose_file(base, "base"))
    services = config(folder, base, override)
    assert "openems-edge" not in services
    for index in range(size):
        edge = services[f"openems-edge-{index}"]
        assert edge["image"] == "edge-tasks-openems-edge:latest"
        assert [(port["published"], port["target"]) for port in edge["ports"]] == [
            (str(8080 + 100 * index), 8080),
            (str(8085 + 100 * index), 8085),
        ]
        [volume] = edge["volumes"]
        assert volume["target"] == "/etc/openems.d"
        assert volume["source"] == str(folder / "openems-edge" / f"config-edge{index}")


def depends(way: str) -> str:
    return f"services:\n  openems-edge: {{image: e}}\n  ui: {{image: u, {way}}}\n"


@pytest.mark.parametrize("way", WAYS_TO_DEPEND)
def test_a_service_that_depends_on_the_edge_stays_valid(folder: Path, way: str) -> None:
    base = depends(way)
    override = render_override(Fleet("id", bytes(32), 1).edges, parse_compose_file(base, "base"))
    assert config(folder, base, override)["openems-edge"]["deploy"]["replicas"] == 0


@pytest.mark.parametrize("way", WAYS_TO_DEPEND)
def test_a_profile_would_make_it_invalid(folder: Path, way: str) -> None:
    profile = 'services:\n  openems-edge:\n    profiles: ["disabled"]\n'
    assert "depends on undefined service" in config(folder, depends(way), profile, code=1)["error"]


def test_of_several_compose_files_ours_and_composes_choice_are_the_same(folder: Path) -> None:
    for name in NAMES:
        (folder / name).write_text(f"services: {{openems-edge: {{image: {name}}}}}")
    while any(folder.iterdir()):
        chosen = find_compose_file(folder)
        assert compose(folder)["openems-edge"]["image"] == chosen.name
        chosen.unlink()


OF_SEVERAL_FILES = {
    "an override": {
        "compose.yml": "services: {e: {image: a, environment: {A: '1', B: '2'}, volumes: ['./x:/x', 'data:/d'],"
        " command: [p, q], networks: [n]}}\nvolumes: {data: {}, fast: {}}\nnetworks: {n: {}, m: {}}\n",
        "compose.override.yml": "services: {e: {image: b, environment: ['B=3', 'C=4'],"
        " volumes: ['fast:/d', './y:/y'], command: [r], networks: {m: {}}}}\n",
    },
    "two overrides, of which Compose takes the first": {
        "docker-compose.yml": "services: {e: {image: a}}\n",
        "compose.override.yaml": "services: {e: {image: b}}\n",
        "docker-compose.override.yml": "services: {e: {image: c}}\n",
    },
    "extends in another folder": {
        "compose.yml": "services: {e: {extends: {file: sub/base.yml, service: base}, environment: {B: '3'}}}\n",
        "sub/base.yml": "services: {base: {extends: first, environment: {A: '1', B: '2'}, volumes: ['./x:/x']},"
        " first: {image: a, command: [p], env_file: [e.env]}}\n",
        "sub/e.env": "",
    },
}


@pytest.mark.parametrize("case", OF_SEVERAL_FILES)
def test_files_that_belong_together_are_read_as_compose_reads_them(case: str, folder: Path) -> None:
    for name, text in OF_SEVERAL_FILES[case].items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    wanted = compose(folder)["e"]
    found: Any = read_services(find_compose_files(folder), folder)["e"]
    for key in ("image", "environment", "command"):
        assert found.get(key) == wanted.get(key), key
    assert set(found.get("networks") or ["default"]) == set(wanted["networks"])
    mounted = [
        {volume["target"]: volume["source"] for volume in one.get("volumes", ())} for one in (found, wanted)
    ]
    assert mounted[0] == mounted[1]
