"""The documents of ``--json`` are what their schema says, and have nothing that it does not say."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from edge_tasks import __version__
from edge_tasks.fleet.keys_file import read_keys
from tests.inv import ROOT, inv, without_settings
from tests.waiting import await_that

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = json.loads((ROOT / "docs" / "reference" / "output.schema.json").read_text())


def closed(schema: Any) -> Any:
    """The schema, by which a member that nobody described is a fault."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(one) for name, one in schema.items()}
    return {"additionalProperties": False, **found} if "properties" in found and "type" in found else found


def document(platform: Any, *arguments: str, code: int = 0) -> dict[str, Any]:
    """All that stands on standard output, checked."""
    done = subprocess.run(
        inv(*arguments, "--json", *platform.options),
        cwd=ROOT,
        env=without_settings(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    Draft202012Validator(closed(SCHEMA)).validate(found)
    if code > 1:
        assert found["error"]["exit_code"] == code
        assert found["error"]["message"] in done.stderr
    else:
        assert found["error"] is None
    return found


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_each_task_prints_one_document_as_the_schema_has_it(platform: Any, tmp_path: Path) -> None:
    assert document(platform, "plan", "--check", code=1)["changes"]["gen-configs"] == [
        "write config-edge0: not there yet"
    ]
    assert document(platform, "doctor")["findings"] == []
    understood = {row["about"]: row for row in document(platform, "doctor", "--explain")["explanation"]}
    assert {"release", "registry", "template"} <= understood.keys()
    assert understood["edge-tasks"]["found"] == __version__
    made = document(platform, "setup", "--edges", "2", "--light-edges", "1")
    assert [step["name"] for step in made["steps"]][-2:] == ["up", "verify"]
    assert [edge["ports"] is None for edge in made["edges"]] == [False, False, True]
    status = document(platform, "status", "--edge", "1")
    assert [edge["name"] for edge in status["edges"]] == ["edge1"]
    assert status["addresses"] == made["addresses"]
    assert {edge["state"] for edge in document(platform, "verify")["edges"]} == {"online"}
    assert not any(document(platform, "plan")["changes"].values())
    keys = tmp_path / "keys.json"
    assert document(platform, "export-keys", "--edge", "1-2", "--output", str(keys))["keys_file"] == str(keys)
    assert [key.name for key in read_keys(keys)] == ["edge1", "edge2"]
    two = document(platform, "doctor", "status")
    assert two.keys() == {"error", "findings", "edges", "steps", "addresses"}
    assert document(platform, "down")["stopped"] == ["light host", "backend", "PostgreSQL"]
    down = document(platform, "status", "--check", code=6)["edges"]
    assert [(edge["state"], edge["why"], edge["hint"]) for edge in down] == [
        ("unknown", "the fleet is down", "inv up")
    ] * 3


def test_a_command_that_fails_says_so_in_its_document(platform: Any, tmp_path: Path) -> None:
    assert "there is no fleet" in document(platform, "status", code=2)["error"]["message"]
    asked = document(platform, "setup", "--edges", "x", code=2)["error"]
    assert asked["hint"] == "allowed: a whole number from 0 to 100000"
    assert document(platform, "setup", "--edges", "2")["error"] is None
    light = platform.path / ".edge-tasks" / "light.json"
    told = json.loads(light.read_text())
    told["edges"] = told["edges"][:1]
    light.write_text(json.dumps(told))
    await_that(lambda: not platform.client.online(["edge1"])["edge1"])
    ill = document(platform, "verify", "--timeout", "3", code=6)
    assert "not online: 1 of 2 edges" in ill["error"]["message"]
    assert {edge["name"]: edge["state"] for edge in ill["edges"]} == {"edge0": "online", "edge1": "offline"}
    path = tmp_path / "run.html"
    assert document(platform, "report", "--seconds", "0", "--output", str(path))["report"] == str(path)
