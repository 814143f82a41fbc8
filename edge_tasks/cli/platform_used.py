"""The platform that a call uses, remembered as the one that is meant where no other is typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge_tasks.checkout import platform_meant
from edge_tasks.fleet.saved import State

if TYPE_CHECKING:
    from edge_tasks.checkout.home import Home
    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.output import Output


class PlatformUsed:
    """Whether the platform of a call is the one to be used again, and from when on."""

    def __init__(self, platform: Platform, home: Home, output: Output) -> None:
        self._platform, self._home, self._output = platform, home, output
        self._remembers_at_end = False

    def begin(self) -> None:
        """Note the platform as the one that is meant: in place of one with a fleet, only after success."""
        meant = platform_meant.find_platform(None, self._home, Path.cwd())
        if meant.path == self._platform.path or not State(meant.path).folder.is_dir():
            platform_meant.remember(self._platform, self._home)
        else:
            self._remembers_at_end = True
            self._output.line(f"until this succeeds, {meant.path} is meant where no --platform is typed")

    def succeed(self) -> None:
        """Note that the call did what was asked of it."""
        if self._remembers_at_end:
            platform_meant.remember(self._platform, self._home)

    def forget(self) -> None:
        """Do not remember this platform as the one used last."""
        platform_meant.forget(self._platform, self._home)
