"""What a call works on: a platform, its fleet as it is saved and as it is wanted, and where that runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.checkout import load_shapes
from edge_tasks.checkout.blueprints import Blueprints
from edge_tasks.checkout.roles import EDGE_SERVICE
from edge_tasks.cli.grouped import whole
from edge_tasks.cli.settings import check_ports, check_size
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.directories import Directories
from edge_tasks.fleet.saved import Saved, State, new_fleet
from edge_tasks.plan import counted, some
from edge_tasks.runtimes.choice import kind
from edge_tasks.steps.up import mark_of

if TYPE_CHECKING:
    from edge_tasks.checkout.compose_file import ComposeFile
    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.cli.settings import Choices
    from edge_tasks.fleet.groups import Group
    from edge_tasks.fleet.identity import Fleet

_MOST_GROUPS: Final = 8


@dataclass(frozen=True)
class Target:
    """What a call works on, as it is at one moment; a call looks again once it holds the platform's lock.

    Attributes:
        platform: the folder.
        saved: the fleet as it was saved; None if there is none.
        wanted: the fleet as it will be saved.
        choices: all settings.
        edge_service: the platform's own edge service in its compose file.
        described: the groups of the fleet file; none without one.
    """

    platform: Platform
    saved: Saved | None
    wanted: Saved
    choices: Choices
    edge_service: str = EDGE_SERVICE
    described: tuple[Group, ...] = ()

    @property
    def fleet(self) -> Fleet:
        """The wanted fleet."""
        return self.wanted.fleet

    @property
    def state(self) -> State:
        """The platform's state directory."""
        return State(self.platform.path)

    @property
    def override(self) -> Path:
        """Where the compose override lies."""
        return self.platform.path / self.wanted.override_file

    @property
    def former(self) -> tuple[Saved, ...]:
        """Where the saved fleet was before."""
        places = self.state.record.entries().get("former", [])
        return tuple(self.saved.at(place) for place in places) if self.saved else ()

    @property
    def directories(self) -> Directories:
        """The edges' config directories."""
        return Directories(self.platform.edges_folder)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The fleet's groups of edges, each with its seed; without a fleet file one that has no name."""
        choices, fleet = self.choices, self.fleet
        groups = self.described or (replace(whole(choices), ranges=(range(fleet.size),)),)
        return tuple(replace(one, seed=one.seed or fleet.id) for one in groups)

    @cached_property
    def blueprints(self) -> Blueprints:
        """What its edges are made of.

        Raises:
            SettingsError: the template or a profile is missing, or is not usable.
        """
        return Blueprints.of_groups(self.groups, self.platform.template, self.platform.path)

    @cached_property
    def compose(self) -> ComposeFile:
        """What the platform's compose file says of the edge service.

        Raises:
            SettingsError: it is missing, or is not usable.
        """
        return self.platform.compose(self.edge_service)

    @property
    def told_release(self) -> str:
        """The release that was chosen, or that the bundled platform has; empty where a checkout decides."""
        chosen = self.choices.chosen("openems_version")
        return str(chosen.value) if self.platform.bundled or chosen.origin != "default" else ""

    def require_secret_keys(self) -> None:
        """Refuse to rotate apikeys that are no secrets.

        Raises:
            SettingsError: the backend wants the names of its edges.
        """
        if self.fleet.keys_are_names:
            raise SettingsError(
                "with Metadata.Dummy the apikey of an edge is its name, so there are none to rotate",
                hint="configure Metadata.File or Metadata.Odoo instead, if edges are to have secrets",
            )

    @property
    def header(self) -> str:
        """Which fleet on which platform, and where each number comes from, for people."""
        edges, light = (self.choices.chosen(name) for name in ("edges", "light_edges"))
        bundled = " (bundled)" if self.platform.bundled else ""
        lights = f" and {light.value} light ({light.origin})" if light.value else ""
        noun = "edge" if edges.value == 1 else "edges"
        where = f"platform {self.platform.path}{bundled}"
        return f"{edges.value} {noun} ({edges.origin}){lights}{self._made_of}, {where}"

    @property
    def _made_of(self) -> str:
        if self.described:
            return f", groups {some(tuple(group.name for group in self.described), _MOST_GROUPS)}"
        households, profile = self.choices.number("meters"), self.choices.text("profile")
        homes = f", {counted(households, 'household')} each" if households else ""
        return homes + ("" if profile == load_shapes.CONSTANT else f", profile {profile} (light edges)")

    @property
    def mark(self) -> str:
        """What is noted of the fleet once it is up."""
        if self.described:
            return mark_of(self.fleet, self.blueprints.digest, None, "")
        [made] = self.blueprints.each
        return mark_of(self.fleet, made.template.digest, made.shape, self.choices.text("seed"))


def wanted_fleet(choices: Choices, saved: Saved | None, runtime: str, *, keys_are_names: bool = False) -> Saved:
    """The fleet that was saved, or a new one, with what is chosen now.

    Args:
        choices: all settings.
        saved: None if there is no fleet yet.
        runtime: the runtime's name.
        keys_are_names: see :attr:`.Fleet.keys_are_names`.

    Raises:
        SettingsError: a setting is not allowed, alone or beside another.
    """
    full, light = choices.number("edges"), choices.number("light_edges")
    has_ports = not kind(runtime).spans_nodes
    check_size(full, light)
    fleet = replace(
        saved.fleet if saved else new_fleet(1),
        size=full + light,
        light=light,
        reserve=choices.number("reserve"),
        port_offset=choices.number("port_offset"),
        keys_are_names=keys_are_names,
        has_ports=has_ports,
    )
    check_ports(fleet.port_offset, fleet.full if has_ports else 0)
    override_file = choices.text("override_file")
    if Path(override_file).name != override_file:
        raise SettingsError(f"--override-file is {override_file!r}", hint="a plain file name, in the platform")
    return Saved(fleet, runtime, override_file, choices.chosen_extras())
