"""Where the ``metadata.json`` of a platform's backend lies, and how it is read and replaced there.

In a folder or file of the host that is mounted; in a volume; or, where nothing is mounted at its place, in the
backend's container or image. That goes with the container, so the backend then gets a copy of ours mounted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout.project import volumes_of
from edge_tasks.errors import CommandFailed, FileRefused
from edge_tasks.registry.file.local_file import LocalFile
from edge_tasks.runtimes.docker.container_file import read_in_container

if TYPE_CHECKING:
    from edge_tasks.checkout.project import Volume
    from edge_tasks.registry.file.registry import Place
    from edge_tasks.runtimes.docker.stack import Stack

COPY: Final = "metadata.json"
"""In the state directory: the file that a backend gets in place of the one in its image."""

_COPY_MODE: Final = 0o644
"""Any user of a container may read it; on the host its folder keeps others out."""

_THERE: Final = "there:"
_READ: Final = f"""
if [ -e "$1" ]; then printf {_THERE}; cat "$1"
elif [ -L "$1" ]; then echo "it is a link that leads nowhere in the container" >&2; exit 1
fi
"""
_WRITE: Final = """
set -e
umask 077
path=$(readlink -f "$1") || { echo "its folder is not there" >&2; exit 1; }
like=$path; [ -e "$path" ] || like=$(dirname "$path")
cat >"$path.new"
if [ "$(wc -c <"$path.new")" -ne "$2" ]; then
    rm -f "$path.new"
    echo "only a part of it has arrived" >&2
    exit 1
fi
chown "$(stat -c %u:%g "$like")" "$path.new"
[ ! -e "$path" ] || chmod "$(stat -c %a "$path")" "$path.new"
mv -f "$path.new" "$path"
"""
"""As root: a new file gets the owner of its folder. The text is counted, as it also ends where we are killed."""

_REMOVE: Final = 'rm -f "$(readlink -f "$1")"'
_NOT_UTF8: Final = "\ufffd"


def place_of(stack: Stack) -> Place:
    """The file, where it lies.

    Raises:
        SettingsError: the platform's files do not say it.
    """
    path = path_inside(stack)
    mount = _mount(stack, path)
    if mount is None:
        return ImageFile(stack, path, LocalFile(stack.context.state.folder / COPY, _COPY_MODE))
    if mount.get("type") != "bind":
        return FileInside(stack, path, stack.project.volume(mount["source"]) if mount.get("source") else "")
    local = LocalFile(Path(mount["source"]) / path.relative_to(mount["target"]))
    return local if local.may_be_replaced else FileOfRoot(stack, PurePosixPath(local.path.resolve()))


def can_be_read(stack: Stack) -> bool:
    """Whether nothing must be built or fetched before that."""
    image = stack.project.image(stack.services.backend)
    return isinstance(place_of(stack), LocalFile) or bool(stack.docker.images((image,)))


def copy_mount(stack: Stack) -> str:
    """The mount of our copy, as Compose writes it; empty if the file does not lie in the image."""
    if not stack.backend_files.metadata.devices:
        return ""
    path = path_inside(stack)
    if _mount(stack, path) is not None:
        return ""
    folder = stack.context.state.folder.relative_to(stack.context.platform.path)
    return f"./{folder}/{COPY}:{path}"


def path_inside(stack: Stack) -> PurePosixPath:
    """The file as the backend's container has it; a relative path begins where its program is started."""
    service = stack.services.backend
    directory = stack.project.services[service].get("working_dir") or ""
    directory = directory or stack.docker.image(stack.project.image(service)).directory
    return PurePosixPath("/", directory, stack.backend_files.metadata.devices)


def _mount(stack: Stack, path: PurePosixPath) -> Volume | None:
    """The innermost mount that has it."""
    mounts = volumes_of(stack.project.services[stack.services.backend])
    around = [mount for mount in mounts if path.is_relative_to(mount["target"])]
    return max(around, key=lambda mount: len(mount["target"]), default=None)


@dataclass(frozen=True)
class FileInside:
    """A file in a volume: the backend's own service does it, with another command.

    Attributes:
        path: inside the container.
        volume: the name by which Docker has the volume; empty for one without a name, and for none.
    """

    stack: Stack
    path: PurePosixPath
    volume: str = ""

    def __str__(self) -> str:
        """Which service has it, and where."""
        return f"{self.stack.services.backend}:{self.path}"

    def read(self) -> str | None:
        """Its text; None if it is not there.

        Raises:
            FileRefused: it cannot be read, is not UTF-8, or is a link that leads nowhere.
        """
        if self.volume and not self.stack.docker.has_volume(self.volume):  # a look is not to make it
            return read_in_image(self.stack, self.path)
        said = self._do(_READ)
        if _NOT_UTF8 in said:
            raise FileRefused(f"{self} is not UTF-8", hint="save it as UTF-8")
        return said.removeprefix(_THERE) if said else None

    def write(self, text: str) -> None:
        """Replace it at once; mode and owner stay.

        Raises:
            FileRefused: what was there before is complete.
        """
        self._do(_WRITE, _bytes(text), given=text)

    def remove(self) -> None:
        """Remove it.

        Raises:
            FileRefused: it is still there.
        """
        self._do(_REMOVE)

    def _do(self, script: str, *more: str, given: str = "") -> str:
        service = self.stack.services.backend
        how = ("--rm", "-T", "--no-deps", "--user", "0:0", "--entrypoint", "sh", service)
        try:
            return self.stack.compose.ask("run", *how, "-c", script, "sh", str(self.path), *more, given=given)
        except CommandFailed as error:
            raise self._refused(error) from None

    def _refused(self, error: CommandFailed) -> FileRefused:
        hint = f"make {self} a file that root may replace: not read-only, and no folder"
        return FileRefused(f"{self}: {error.message}", hint=hint)


@dataclass(frozen=True)
class FileOfRoot(FileInside):
    """A file of the host that only another user may replace: a container does it, as root.

    Attributes:
        path: of the host.
    """

    def __str__(self) -> str:
        """Its path."""
        return str(self.path)

    def _do(self, script: str, *more: str, given: str = "") -> str:
        mount = ("-v", f"{self.path.parent}:/place", "--network", "none", "--user", "0:0", "--entrypoint", "sh")
        inside = f"/place/{self.path.name}"
        image = self.stack.project.image(self.stack.services.backend)
        try:
            how = ("run", "--rm", "-i", *mount, image, "-c", script, "sh", inside, *more)
            return self.stack.docker.ask(*how, given=given)
        except CommandFailed as error:
            raise self._refused(error) from None


@dataclass(frozen=True)
class ImageFile:
    """A file in the backend's image, or written by the container made of it, of which the backend gets our copy.

    Attributes:
        path: inside the image.
        copy: of ours.
    """

    stack: Stack
    path: PurePosixPath
    copy: LocalFile

    def __str__(self) -> str:
        """Our copy."""
        return str(self.copy)

    def read(self) -> str | None:
        """The text of our copy; before there is one, that of the backend's container, or else of its image.

        Devices that people have entered in a container are only there, and go with it when it gets our copy.

        Raises:
            FileRefused: it cannot be read.
        """
        text = self.copy.read()
        if text is None:
            text = self._of_container
        return self._of_image if text is None else text

    def write(self, text: str) -> None:
        """Replace our copy.

        Raises:
            NotWritable: what was there before is complete.
        """
        self.copy.write(text)

    def remove(self) -> None:
        """Remove our copy."""
        self.copy.remove()

    @cached_property
    def _of_container(self) -> str | None:
        container = self.stack.container(self.stack.services.backend)
        if container is None:
            return None
        try:
            content = read_in_container(self.stack.docker, container.id, self.path)
        except CommandFailed as error:
            raise FileRefused(
                f"{self.path}: {error.message}", hint="restart the Docker Engine, then try again"
            ) from None
        return None if content is None else content.decode("utf-8", "surrogateescape")

    @cached_property
    def _of_image(self) -> str | None:
        return read_in_image(self.stack, self.path)


def read_in_image(stack: Stack, path: PurePosixPath) -> str | None:
    """The text of a file as the backend's image has it; None if it has none.

    Raises:
        FileRefused: it cannot be read.
    """
    image = stack.project.image(stack.services.backend)
    how = ("run", "--rm", "--network", "none", "--entrypoint", "sh", image)
    try:
        said = stack.docker.ask(*how, "-c", _READ, "sh", str(path))
    except CommandFailed as error:
        raise FileRefused(f"{image}: {error.message}", hint="inv build") from None
    return said.removeprefix(_THERE) if said else None


def _bytes(text: str) -> str:
    """How many it has, as a script takes that."""
    return str(len(text.encode()))
