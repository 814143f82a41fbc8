"""What was asked of a call, and what follows from that: the platform, the settings and the target."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout import load_shapes
from edge_tasks.checkout.platform_meant import find_platform
from edge_tasks.checkout.roles import EDGE_SERVICE
from edge_tasks.cli import grouped
from edge_tasks.cli.effects import at_work, counting, counting_variables
from edge_tasks.cli.judging import check_typed
from edge_tasks.cli.releases import with_release
from edge_tasks.cli.settings import Choices, check_services
from edge_tasks.cli.target import Target, wanted_fleet
from edge_tasks.fleet.saved import State
from edge_tasks.runtimes.choice import chooser_of, kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.cli.invocation import Invocation
    from edge_tasks.fleet.groups import Group
    from edge_tasks.runtimes.choice import Choice, Chooser

_WITHOUT_FLEET_FILE: Final = frozenset({"down"})
"""A task that needs no groups, so that a damaged fleet file does not hinder it."""


@dataclass(frozen=True)
class Request:
    """What was typed, in whose shell and beside which ``invoke.yaml``.

    Attributes:
        options: as typed, of all tasks together.
        typed: the names of the tasks that were typed.
        configured: the section ``edge_tasks`` of ``invoke.yaml``.
        invocation: how the program was started.
    """

    options: Mapping[str, object]
    typed: frozenset[str]
    configured: Mapping[str, object]
    invocation: Invocation

    @cached_property
    def platform(self) -> Platform:
        """The platform that is meant.

        Raises:
            SettingsError: it cannot be one.
        """
        chosen = self.choices().chosen("platform").value
        return find_platform(None if chosen is None else str(chosen), self.invocation.home, Path.cwd())

    @cached_property
    def services_named(self) -> dict[str, str]:
        """Role → service, as ``invoke.yaml`` says."""
        return check_services(self.configured.get("services"))

    def choices(self) -> Choices:
        """All settings, without those of a saved fleet."""
        return self._choices(self.options, os.environ, {})

    def choice(self, choices: Choices) -> Choice:
        """The runtime that such settings mean, and why."""
        wanted = choices.chosen("runtime")
        return self._chooser.choose(str(wanted.value), wanted.origin, str(choices.saved.get("runtime", "")))

    def find_target(self, tasks: frozenset[str]) -> Target:
        """What a call with such tasks works on, as it is now.

        Args:
            tasks: the names of those that were typed, and of those that they need.

        Raises:
            SettingsError: a setting, the fleet file or the platform is not usable.
        """
        check_typed(self.options, self.typed)
        saved = State(self.platform.path).load()
        options: Mapping[str, object] = self.options
        environ: Mapping[str, str] = os.environ
        if saved is not None:
            tasks = at_work(self.typed, tasks, has_fleet=True)
            options, environ = counting(options, tasks), counting_variables(environ, tasks)
        choices = self._choices(options, environ, saved.choices if saved else {})
        groups: tuple[Group, ...] = ()
        if self.typed - _WITHOUT_FLEET_FILE:
            choices, groups = grouped.with_fleet_file(choices, self.platform.path, self.options)
        runtime = self.choice(choices).name
        uses_engine, is_new = kind(runtime).uses_engine, saved is None
        choices = with_release(choices, is_new=is_new, is_built=uses_engine and self.platform.bundled)
        names = uses_engine and self.platform.wants_names_for_keys(self.services_named)
        wanted = wanted_fleet(choices, saved, runtime, keys_are_names=names)
        edge = self.services_named.get("edge", EDGE_SERVICE)
        return Target(self.platform, saved, wanted, choices, edge, groups)

    @cached_property
    def _chooser(self) -> Chooser:
        platform = self.platform
        return chooser_of(self.typed, platform.bundled, lambda: platform.missing_services(self.services_named))

    def _choices(
        self, options: Mapping[str, object], environ: Mapping[str, str], saved: Mapping[str, str | int]
    ) -> Choices:
        found = Choices(options, environ, saved, self.configured)
        paths = {"profile": load_shapes.absolute, "fleet_file": grouped.absolute}
        absolute = {name: make(found.text(name), Path.cwd()) for name, make in paths.items()}
        changed = {name: path for name, path in absolute.items() if path != found.text(name)}
        return replace(found, options={**options, **changed})  # saved, they are used elsewhere
