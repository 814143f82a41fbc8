from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.billing_client import BillingClient
from tests.inv import ROOT, finished, inv, last_used_kept
from tests.ports import free_offset

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Platform:
    """A platform of a test's own."""

    path: Path
    offset: int

    @property
    def options(self) -> tuple[str, ...]:
        """What each command on this platform is given."""
        return ("--platform", str(self.path), "--port-offset", str(self.offset), "--runtime", "embedded")

    @property
    def client(self) -> BillingClient:
        """A client of its backend, with the login that the platform keeps."""
        words = (self.path / ".edge-tasks" / "netrc").read_text().split()
        login = f"{words[words.index('login') + 1]}:{words[words.index('password') + 1]}"
        return BillingClient(f"http://127.0.0.1:{8075 + self.offset}", login)

    def inv(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``inv``; output and errors together."""
        return finished(inv(*arguments, *self.options))


def own_offset() -> int:
    """The tests of the docker runtime may run at the same time. Their offsets are all below 6000."""
    return free_offset(6000, 11_000)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    path = tmp_path / "a platform with ü"
    shutil.copytree(ROOT / "templates" / "platform", path)
    found = Platform(path, own_offset())
    with last_used_kept():
        try:
            yield found
        finally:
            found.inv("down", "--purge")


@pytest.fixture(scope="module")
def new_offset() -> Callable[[], int]:
    """Find free ports for a platform that the tests of a module share."""
    return own_offset
