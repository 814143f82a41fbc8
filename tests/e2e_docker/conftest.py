from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.absence import is_without
from tests.inv import ROOT, finished, inv, last_used_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = ROOT / "tests" / "e2e" / "docker_platform"
IMAGES = (
    *("postgres:15", "odoo:16.0", "edge-tasks-test-backend", "edge-tasks-test-edge", "influxdb:1.8"),
    *("eclipse-temurin:17-jre", "openems/ui-backend:latest", "openems/backend-edge:2026.2.0"),
)


@dataclass(frozen=True)
class Platform:
    """A checkout of a test's own, under git."""

    path: Path
    options: tuple[str, ...] = ("--runtime", "docker")

    def with_options(self, *options: str) -> Platform:
        """The same checkout, otherwise called."""
        return replace(self, options=(*self.options, *options))

    def document(self, *arguments: str) -> dict[str, Any]:
        """The JSON document that a command prints among what people read."""
        said = self.inv(*arguments)
        found: dict[str, Any] = json.loads(said[said.index("\n{\n") : said.rindex("\n}") + 2])
        return found

    @staticmethod
    def docker(*arguments: str) -> str:
        """Run docker; what it prints."""
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def command(self, *arguments: str) -> list[str]:
        """An ``inv`` on this checkout."""
        return inv(*arguments, "--platform", str(self.path), *self.options)

    def inv(self, *arguments: str, code: int = 0) -> str:
        """Run ``inv``; what it says, output and errors together."""
        done = finished(self.command(*arguments), timeout_s=300)
        assert done.returncode == code, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    @property
    def project(self) -> str:
        """Compose's project name, which it makes of the folder's where none is given."""
        if "--project-name" in self.options:
            return self.options[self.options.index("--project-name") + 1]
        return "".join(letter for letter in self.path.name.lower() if letter.isascii() and letter.isalnum())

    def begin_again(self) -> None:
        """Three edges that run, the last of them a light one, and nothing left of what was there before."""
        remove(self)
        self.git("clean", "-qfdx")
        self.inv("setup", "--edges", "2", "--light-edges", "1")

    def containers(self) -> dict[str, str]:
        """Service → container id, of those that run."""
        label = f"label=com.docker.compose.project={self.project}"
        form = '{{.Label "com.docker.compose.service"}} {{.ID}}'
        lines = self.docker("ps", "--no-trunc", "--filter", label, "--format", form).splitlines()
        return {service: key for service, _, key in (line.partition(" ") for line in lines)}

    def sql(self, query: str) -> list[Any]:
        """Ask the database, through the port that the override publishes."""
        where = f"host=127.0.0.1 port={self.port('db', 5432)} dbname=openems user=odoo password=odoo16@2022"
        with connected(where) as connection:
            cursor = connection.execute(query.encode())
            return list(cursor.fetchall()) if cursor.description else []

    def port(self, service: str, inside: int) -> int:
        """The host's port that leads there."""
        found = self.docker("port", self.containers()[service], f"{inside}/tcp").splitlines()
        return int(found[0].rpartition(":")[2])

    def git(self, *arguments: str) -> str:
        """Run git in the checkout."""
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        return subprocess.run(
            ["git", *who, *arguments], cwd=self.path, check=True, capture_output=True, text=True
        ).stdout

    def directory(self, index: int) -> Path:
        """An edge's config directory."""
        return self.path / "openems-edge" / f"config-edge{index}"


def connected(where: str) -> psycopg.Connection[Any]:
    """Also to a server that is just coming back."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(where)
        except psycopg.OperationalError:  # noqa: PERF203 - waiting is what the loop is for
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def made(path: Path) -> Platform:
    shutil.copytree(SOURCE, path)
    shutil.copytree(
        ROOT / "templates" / "platform" / "openems-edge" / "config.d", path / "openems-edge" / "config.d"
    )
    platform = Platform(path)
    platform.git("init", "-q")
    platform.git("add", "-A")
    platform.git("commit", "-qm", "as cloned")
    return platform


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Without an engine and the images: a skip at home, a failure in CI, where nothing promised is skipped."""
    done = subprocess.run(["docker", "image", "inspect", *IMAGES], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    is_without(f"engine and images: run .ci/engine and tests/e2e/images/build first: {done.stderr.strip()}")


@pytest.fixture(scope="session")
def docker() -> Callable[..., str]:
    """Run docker; what it prints."""
    return Platform.docker


@pytest.fixture(scope="session")
def project_removed() -> Callable[[str], None]:
    """Remove whatever is left of a Compose project."""
    return remove_project


@pytest.fixture(scope="session", autouse=True)
def _last_used() -> Iterator[None]:
    """Which platform a developer used last is none of the tests' business."""
    with last_used_kept():
        yield


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tests' platforms share snapshots of Odoo, but not with whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of a test's own, without any snapshot; the folder of Odoo's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "edge-tasks" / "odoo"


def checkouts() -> Iterator[Callable[[Path], Platform]]:
    """What makes checkouts; when the tests have had it, whatever runs of them is removed."""
    found: list[Platform] = []

    def make(path: Path) -> Platform:
        found.append(made(path))
        return found[-1]

    yield make
    for platform in found:
        remove(platform)


@pytest.fixture
def checkout() -> Iterator[Callable[[Path], Platform]]:
    """Make a new checkout; whatever runs of it is removed in the end."""
    yield from checkouts()


@pytest.fixture
def platform(tmp_path: Path, checkout: Callable[[Path], Platform]) -> Platform:
    """A new checkout, whose path has what paths should not have."""
    return checkout(tmp_path / "a checkout with ü")


@pytest.fixture(scope="module")
def make_shared() -> Iterator[Callable[[Path], Platform]]:
    """Make a checkout that the tests of a module share; whatever runs of it is removed in the end."""
    yield from checkouts()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Three edges that run, for tests that break them and mend them again."""
    found = made(tmp_path_factory.mktemp("checkouts") / "shared checkout")
    try:
        found.inv("setup", "--edges", "3")
        yield found
    finally:
        remove(found)


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_of_a_killed_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An earlier run that was killed left containers, which hold names and ports that this one needs."""
    checkouts = tmp_path_factory.getbasetemp().parent
    form = '{{.Label "com.docker.compose.project"}}\t{{.Label "com.docker.compose.project.working_dir"}}'
    for line in set(Platform.docker("ps", "--all", "--format", form).splitlines()):
        project, _, folder = line.partition("\t")
        if project and Path(folder).is_relative_to(checkouts):
            remove_project(project)


def remove(platform: Platform) -> None:
    """Whatever is left of it in the engine, also after a failure."""
    remove_project(platform.project)


def remove_project(project: str) -> None:
    """Remove the containers, volumes and networks of a Compose project."""
    label = f"label=com.docker.compose.project={project}"
    for kind, listed in (("container", "-aq"), ("volume", "-q"), ("network", "-q")):
        ids = Platform.docker(kind, "ls", listed, "--filter", label).split()
        if ids:
            Platform.docker(kind, "rm", *(() if kind == "network" else ("-f",)), *ids)
