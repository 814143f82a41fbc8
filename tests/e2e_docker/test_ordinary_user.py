"""Somebody who is not root, but in the group of the engine's socket, while containers write as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.inv import ROOT, finished, inv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOCKET = Path("/var/run/docker.sock")
SOMEBODY = 54321
"""A user id that nobody has; where we are not root ourselves, we are the ordinary user."""


@dataclass(frozen=True)
class Person:
    """An ordinary user with a clone of edge-tasks and a checkout of the platform."""

    home: Path
    platform: Any

    def inv(self, *arguments: str) -> str:
        done = finished(
            [*self._as(), *inv(*arguments, "--platform", str(self.platform.path))],
            cwd=self.home / "edge-tasks",
            env={**os.environ, "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"},
            timeout_s=300,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def git_status(self) -> str:
        return subprocess.run(
            [*self._as(), "git", "status", "--short", "--ignored"],
            cwd=self.platform.path,
            env={**os.environ, "HOME": str(self.home)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def strangers(self) -> set[str]:
        """What in the checkout is not the user's own, by relative path."""
        found = (path for path in self.platform.path.rglob("*") if ".git" not in path.parts)
        own = self.platform.path.stat().st_uid
        return {str(path.relative_to(self.platform.path)) for path in found if path.lstat().st_uid != own}

    @staticmethod
    def _as() -> tuple[str, ...]:
        if os.geteuid() != 0:
            return ()
        group = SOCKET.stat().st_gid
        ids = (f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", f"--groups={group}")
        return ("setpriv", *ids, "--inh-caps=-all", "--bounding-set=-all")


@pytest.fixture
def person(checkout: Callable[[Path], Any]) -> Iterator[Person]:
    home = Path(tempfile.mkdtemp(prefix="edge-tasks-person-"))  # pytest's own folders are closed to others
    try:
        clone(home / "edge-tasks")
        platform = checkout(home / "the checkout")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{SOMEBODY}:{SOMEBODY}", home], check=True)
        yield Person(home, platform)
    finally:
        shutil.rmtree(home)


def clone(target: Path) -> None:
    target.mkdir()
    for name in ("tasks.py", "invoke.yaml"):
        shutil.copy(ROOT / name, target)
    for name in ("edge_tasks", "templates"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))


def test_an_ordinary_user_sets_up_writes_again_shrinks_and_leaves_nothing(person: Person) -> None:
    options = ("--runtime", "docker")
    assert "2 online" in person.inv("setup", "--edges", "2", *options)
    written = person.platform.directory(0) / "Core" / "Sum.config"  # by the edge itself
    assert written.stat().st_uid == person.platform.path.stat().st_uid
    assert person.strangers() == set()
    assert "2 online" in person.inv("gen-configs", "--force", "up", "verify")
    assert "1 online" in person.inv("setup", "--edges", "1")
    assert not person.platform.directory(1).exists()
    person.inv("down", "--purge")
    assert person.strangers() == set()
    assert person.git_status() == ""


def test_what_the_backend_rewrites_in_its_mounted_configuration_stays_the_users(person: Person) -> None:
    compose = person.platform.path / "docker-compose.yml"
    mount = "    volumes: ['./openems-backend/config.d:/opt/openems-backend/config.d']\n"
    build = "    build: ./openems-backend\n"
    compose.write_text(compose.read_text().replace(build, f"{build}{mount}"))
    rewritten = person.platform.path / "openems-backend" / "config.d" / "org" / "ops4j" / "pax" / "logging.config"
    rewritten.parent.mkdir(parents=True)
    rewritten.write_text('service.pid="org.ops4j.pax.logging"\n')
    for path in (rewritten, *rewritten.parents[:3]):
        os.chown(path, compose.stat().st_uid, compose.stat().st_gid)
    person.inv("setup", "--edges", "1", "--runtime", "docker")
    assert person.strangers() == set()
    person.inv("down", "--purge")
    assert person.strangers() == set()


def test_what_an_image_that_wants_to_be_root_has_written_is_removed_all_the_same(person: Person) -> None:
    edge = person.platform.path / "openems-edge"
    (edge / "init").write_text("#!/bin/sh\nexec python3 /start.py\n")  # as s6-overlay's: it starts as root
    (edge / "init").chmod(0o755)
    os.chown(edge / "init", edge.stat().st_uid, edge.stat().st_gid)
    (edge / "Dockerfile").write_text('FROM edge-tasks-test-edge\nCOPY init /init\nENTRYPOINT ["/init"]\n')
    assert "2 online" in person.inv("setup", "--edges", "2", "--runtime", "docker")
    container = person.platform.containers()["openems-edge-0"]
    assert f"PUID={person.platform.path.stat().st_uid}" in person.platform.docker("exec", container, "env")
    person.platform.docker("exec", container, "sh", "-c", 'touch "${FELIX_CM_DIR:-/etc/openems.d}/theirs"')
    assert len(person.strangers()) == 1
    assert "1 online" in person.inv("setup", "--edges", "1")
    person.inv("down", "--purge")
    assert person.strangers() == set()


def test_images_are_built_again_although_containers_have_written_as_root(person: Person) -> None:
    person.inv("setup", "--edges", "1", "--runtime", "docker")
    dockerfile = person.platform.path / "openems-edge" / "Dockerfile"
    dockerfile.write_text(f"{dockerfile.read_text()}LABEL theirs=changed\n")
    said = person.inv("setup")
    assert "1 image built" in said
    assert "1 online" in said
