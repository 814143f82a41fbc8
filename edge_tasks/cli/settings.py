"""What the user chose: options of a task, environment, saved fleet, ``invoke.yaml``, defaults, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge_tasks.checkout.roles import NAMEABLE
from edge_tasks.cli.option import Saved
from edge_tasks.cli.options import SETTINGS
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import PORTS_TAKEN_BY_PLATFORM
from edge_tasks.fleet.limits import MOST_EDGES
from edge_tasks.openems.release import DEFAULT
from edge_tasks.plan import counted


@dataclass(frozen=True)
class Chosen:
    """A value and where it came from, for the header line."""

    value: str | int | None
    origin: str


@dataclass(frozen=True)
class Choices:
    """The sources of all settings, the strongest first.

    Attributes:
        options: as typed, of all tasks together.
        environ: the shell's variables.
        described: what the fleet file says of the fleet, by name.
        saved: with the fleet, by name.
        configured: the section ``edge_tasks`` of ``invoke.yaml``.
    """

    options: Mapping[str, object]
    environ: Mapping[str, str]
    saved: Mapping[str, str | int]
    configured: Mapping[str, object]
    described: Mapping[str, Chosen] = field(default_factory=dict)

    def chosen(self, name: str) -> Chosen:
        """The value of a setting from the first source that has it.

        Raises:
            SettingsError: that source's value is not allowed.
        """
        setting = SETTINGS[name]
        sources = (
            (self.options.get(name) or None, setting.option),
            (self.environ.get(setting.variable) or None, setting.variable),
            _of(self.described.get(name)),
            (self.saved.get(name), "saved"),
            (self.configured.get(name), f"invoke.yaml, edge_tasks.{name}"),
        )
        for value, origin in sources:
            if value is not None:
                return Chosen(setting.checked(value, origin), origin)
        return Chosen(setting.default, "default")

    def number(self, name: str) -> int:
        """The value of a setting that is a whole number.

        Raises:
            SettingsError: as :meth:`chosen`.
        """
        value = self.chosen(name).value
        if not isinstance(value, int):
            raise TypeError(f"{name} is not a number")
        return value

    def text(self, name: str) -> str:
        """The value of a setting that is a text.

        Raises:
            SettingsError: as :meth:`chosen`.
        """
        value = self.chosen(name).value
        if not isinstance(value, str):
            raise TypeError(f"{name} is not a text")
        return value

    def extras(self) -> dict[str, str | int]:
        """All settings that are saved beside the fleet's identity, whether chosen or by default."""
        found = {name: self.chosen(name).value for name in _EXTRAS}
        return {name: value for name, value in found.items() if value is not None}

    def chosen_extras(self) -> dict[str, str | int]:
        """The settings that differ from their default, which are saved."""
        return {name: value for name, value in self.extras().items() if self.chosen(name).origin != "default"}


def _of(chosen: Chosen | None) -> tuple[str | int | None, str]:
    return (chosen.value, chosen.origin) if chosen else (None, "")


_EXTRAS = tuple(name for name, setting in SETTINGS.items() if setting.saved is Saved.EXTRA)


def check_services(named: object) -> dict[str, str]:
    """The section ``edge_tasks.services`` of ``invoke.yaml``: role → Compose service.

    Raises:
        SettingsError: it is something else.
    """
    found = dict(named) if isinstance(named, Mapping) else None
    if named is None:
        return {}
    if found is None or not all(role in NAMEABLE and isinstance(name, str) for role, name in found.items()):
        raise SettingsError(
            f"invoke.yaml, edge_tasks.services is {named!r}",
            hint=f"services: {{ROLE: NAME}}, with a role of {', '.join(NAMEABLE)}",
        )
    return found


def check_size(edges: int, light: int) -> None:
    """Refuse a fleet without edges, and one with more edges than a fleet can have.

    Raises:
        SettingsError: which.
    """
    if edges + light < 1:
        raise SettingsError("this fleet would have no edge", hint="--edges 1, or --light-edges 1, or more")
    if edges + light > MOST_EDGES:
        raise SettingsError(
            f"{counted(edges, 'edge')} and {counted(light, 'light edge')} are too many",
            hint=f"a fleet has at most {MOST_EDGES} edges",
        )


def check_ports(offset: int, edges: int) -> None:
    """Refuse an offset by which an edge's port would fall on a fixed one of the platform.

    Raises:
        SettingsError: which edge, which port.
    """
    for port in sorted(PORTS_TAKEN_BY_PLATFORM):
        for inside in (DEFAULT.edge_ports.console, DEFAULT.edge_ports.websocket):
            index, rest = divmod(port - inside - offset, 100)
            if rest == 0 and 0 <= index < edges:
                raise SettingsError(
                    f"--port-offset {offset} puts edge{index} on port {port}, which the platform uses",
                    hint="choose a multiple of 100",
                )
