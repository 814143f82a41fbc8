"""The light edges' container: it mounts our folders with their program and their fleet.

So no image is built, and any image with Python will do; the program comes from where this one was installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import edge_tasks
from edge_tasks.adapters import wheels
from edge_tasks.adapters.files import remove_directory, write_file, writing
from edge_tasks.checkout.override import LIGHT_SERVICE, OVERLAY, LightService
from edge_tasks.light.nodes.files import FLEET_FILE
from edge_tasks.runtimes.light_host import LightHost

if TYPE_CHECKING:
    from edge_tasks.adapters.containers import Container
    from edge_tasks.runtimes.docker.stack import Stack
    from edge_tasks.runtimes.light_options import LightOptions

FLEET: Final = PurePosixPath("/light/fleet")
_PROGRAM: Final = PurePosixPath("/light/program")
_HOST: Final = ("edge_tasks.light", str(FLEET / FLEET_FILE))
_KEEPER: Final = ("edge_tasks.light.nodes", "keep", str(FLEET), str(_PROGRAM))
"""What it is where the edges are on other machines."""
PACKAGES: Final = ("orjson", "picows", "prometheus_client", "tzdata", "yarl")
SOURCES: Final = ("__init__.py", "errors.py", "ahead.py", "openems", "light")
"""What the program needs of other packages and of ours; a test of the architecture checks it."""

_VERSION: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class LightContainer:
    """The container as a process that runs light edges."""

    stack: Stack

    @property
    def folder(self) -> Path:
        """The folder of fleet, status and memory files."""
        return _home(self.stack) / "fleet"

    @property
    def config(self) -> Path:
        """The fleet file."""
        return self.folder / FLEET_FILE

    @property
    def log(self) -> str:
        """Where its output is, for people."""
        return f"inv logs --service {LIGHT_SERVICE}"

    def find(self) -> Container | None:
        """The container if it runs as it should, else None."""
        stack = self.stack
        container = stack.container(LIGHT_SERVICE)
        image = stack.docker.images((image_of(stack),)).get(image_of(stack))
        digest = stack.hashes().get(LIGHT_SERVICE)
        return container if container is not None and container.fits(digest, image) else None

    @property
    def is_running(self) -> bool:
        """Whether the container runs, also if it is not as it should be."""
        container = self.stack.container(LIGHT_SERVICE)
        return container is not None and container.is_running

    def start(self, config: str) -> None:
        """Write the fleet file, and start the container with it."""
        with writing(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(self.config, config)
        self.stack.compose.up((LIGHT_SERVICE,), parallel=1)

    def stop(self) -> bool:
        """End the container, also if it hangs; returns whether it ran. Its edges' counters are kept."""
        container = self.stack.container(LIGHT_SERVICE)
        if container is None or not container.is_running:
            return False
        self.stack.docker.run("stop", "-t", "10", container.id)
        return True

    def require(self, _what: str) -> None:
        """Raise when it has ended, with its last lines."""
        self.stack.require_running(LIGHT_SERVICE)


def image_of(stack: Stack) -> str:
    """The name of the container's image."""
    return stack.options.light_image


def service(stack: Stack) -> LightService:
    """The container as the override has it; it runs as the caller, who alone can read the fleet file."""
    home = _home(stack).relative_to(stack.context.platform.path)
    port = stack.light_options.metrics_port
    return LightService(
        image=image_of(stack),
        program=program_digest(),
        arguments=("-m", *(_KEEPER if stack.options.overlay else _HOST)),
        volumes=(f"./{home}/program:{_PROGRAM}:ro", f"./{home}/fleet:{FLEET}"),
        environment={"PYTHONPATH": str(_PROGRAM), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        user=f"{os.geteuid()}:{os.getegid()}",
        ports=(f"127.0.0.1:{port}:{port}",) if port else (),
        networks=(OVERLAY,) if stack.options.overlay else (),
    )


def host(stack: Stack, uri: str) -> LightHost:
    """The container as what runs light edges, which connect to ``uri``.

    Their metrics are served to the container's network, and published on loopback.
    """
    context = stack.context
    return LightHost(
        LightContainer(stack),
        FLEET,
        context.platform.edges_folder,
        context.fleet,
        lambda edge: context.render(edge, uri),
        blueprints=context.blueprints,
        options=options_of(stack),
    )


def options_of(stack: Stack) -> LightOptions:
    """What light edges of a platform are told: its release, and to serve metrics to their container's network."""
    every = "0.0.0.0"  # noqa: S104 - of the container
    return replace(stack.light_options, metrics_host=every, version=stack.survey.release.version)


def is_installed(stack: Stack) -> bool:
    """The program is there, as it should be for the image."""
    return stack.context.state.record.entries().get("light_program") == _mark(stack)


def install(stack: Stack) -> None:
    """Put the program and its packages, for the image's Python, where the container mounts them.

    Raises:
        CommandFailed: the image has no Python, or pip does not get the packages.
    """
    image, folder = image_of(stack), _home(stack) / "program"
    architecture = stack.docker.ask("image", "inspect", "--format", "{{.Architecture}}", image).strip()
    asked = ("run", "--rm", "--network", "none", "--entrypoint", "python3", image, "-c", _VERSION)
    python = stack.docker.ask(*asked).strip()
    stack.context.state.record.forget("light_program")
    if folder.exists():
        remove_directory(folder)
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True)
    wheels.fetch(wheels.installed(PACKAGES), folder, python=python, architecture=architecture)
    with writing(folder):
        for name in SOURCES:
            _copy(_package() / name, folder / "edge_tasks" / name)
    stack.context.state.record.note(light_program=_mark(stack))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)


def _home(stack: Stack) -> Path:
    return stack.context.state.folder / "light"


def _package() -> Path:
    return Path(edge_tasks.__file__).parent


def _mark(stack: Stack) -> list[str]:
    image = image_of(stack)
    return [program_digest(), stack.docker.images((image,)).get(image, "")]


def program_digest() -> str:
    """A digest of packages and sources."""
    digest = hashlib.sha256(" ".join(wheels.installed(PACKAGES)).encode())
    for name in SOURCES:
        source = _package() / name
        files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
        for path in files:
            if path.suffix != ".pyc":
                digest.update(f"{path.relative_to(_package())}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
