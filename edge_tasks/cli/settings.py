"""What the user chose: options of a task, environment, saved fleet, ``invoke.yaml``, defaults, in this order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from edge_tasks.checkout.override import FILE_NAME
from edge_tasks.checkout.roles import ROLES
from edge_tasks.errors import SettingsError
from edge_tasks.fleet.identity import DEFAULT_RESERVE, MOST_EDGES, PORTS_TAKEN_BY_PLATFORM
from edge_tasks.runtimes import NAMES
from edge_tasks.runtimes.choice import AUTO

RUNTIMES: Final = (AUTO, *NAMES)
_HIGHEST_OFFSET: Final = 50_000
_MOST_SECONDS: Final = 86_400
_MOST_PROCESSES: Final = 64
_HIGHEST_RATE: Final = 10_000
_HIGHEST_PORT: Final = 65_535
_JAVA_OPTIONS: Final = "-Xms32m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""Half the CPU time of a start and half the memory of Java's defaults, measured with a real edge."""


@dataclass(frozen=True)
class Setting:
    """One thing to choose.

    Attributes:
        name: as an attribute; the option is ``--port-offset``, the variable ``EDGE_TASKS_PORT_OFFSET``.
        default: None where the default is found out (platform).
        lowest: for whole numbers.
        highest: for whole numbers.
        choices: for words.
        pattern: what the whole text must match, for texts.
        extra: saved with the fleet beside its identity (:attr:`edge_tasks.fleet.saved.Saved.extras`).
    """

    name: str
    default: str | int | None
    lowest: int | None = None
    highest: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ".+"
    extra: bool = False

    @property
    def option(self) -> str:
        """How it is typed."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """How it is set in the environment."""
        return "EDGE_TASKS_" + self.name.upper()

    @property
    def allowed(self) -> str:
        """For messages."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.lowest is not None:
            return f"a whole number from {self.lowest} to {self.highest}"
        return "a text" if self.pattern == ".+" else f"a text like {self.default or self.pattern}"

    def checked(self, value: object, origin: str) -> str | int:
        """The value in its type.

        Raises:
            SettingsError: which key, where it came from, what is allowed.
        """
        text = str(value).strip()
        if self.lowest is not None and self.highest is not None:
            if text.isascii() and text.isdigit() and self.lowest <= int(text) <= self.highest:
                return int(text)
        elif re.fullmatch(self.pattern, text) and (not self.choices or text in self.choices):
            return text
        raise SettingsError(f"{origin} is {text!r}", hint=f"{self.name} is {self.allowed}")


SETTINGS: Final = {
    setting.name: setting
    for setting in (
        Setting("edges", 1, lowest=0, highest=MOST_EDGES),
        Setting("light_edges", 0, lowest=0, highest=MOST_EDGES),
        Setting("platform", None),
        Setting("runtime", "auto", choices=RUNTIMES),
        Setting("reserve", DEFAULT_RESERVE, lowest=0, highest=MOST_EDGES),
        Setting("port_offset", 0, lowest=0, highest=_HIGHEST_OFFSET),
        Setting("override_file", FILE_NAME),
        Setting("timeout", 120, lowest=1, highest=_MOST_SECONDS),
        Setting("openems_version", "2024.7.0", pattern=r"[0-9]{4}\.[0-9]+\.[0-9]+", extra=True),
        Setting("download_from", "https://github.com", pattern=r"https?://\S+", extra=True),
        Setting("project_name", "", pattern="[a-z0-9][a-z0-9_-]*", extra=True),
        Setting("edge_heap", "128m", pattern="[1-9][0-9]*[mg]", extra=True),
        Setting("edge_memory", "400m", pattern="[1-9][0-9]*[mg]", extra=True),
        Setting("java_options", _JAVA_OPTIONS, extra=True),
        Setting("edge_bundles", "unpacked", choices=("unpacked", "jar"), extra=True),
        Setting("light_image", "python:3.12-slim", pattern=r"\S+", extra=True),
        Setting("light_processes", 0, lowest=0, highest=_MOST_PROCESSES, extra=True),
        Setting("connect_rate", 500, lowest=1, highest=_HIGHEST_RATE, extra=True),
        Setting("metrics_port", 0, lowest=0, highest=_HIGHEST_PORT, extra=True),
        Setting("reconnect", "quick", choices=("quick", "openems"), extra=True),
        Setting("profile", "constant", extra=True),
        Setting("seed", "", pattern="[A-Za-z0-9_.-]{1,64}", extra=True),
    )
}


@dataclass(frozen=True)
class Chosen:
    """A value and where it came from, for the header line."""

    value: Any
    origin: str


def choose(
    name: str,
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    saved: Mapping[str, Any],
    configured: Mapping[str, Any],
) -> Chosen:
    """The value of a setting from the first source that has it.

    Raises:
        SettingsError: that source's value is not allowed.
    """
    setting = SETTINGS[name]
    sources = (
        (options.get(name) or None, setting.option),
        (environ.get(setting.variable) or None, setting.variable),
        (saved.get(name), "saved"),
        (configured.get(name), f"invoke.yaml, edge_tasks.{name}"),
    )
    for value, origin in sources:
        if value is not None:
            return Chosen(setting.checked(value, origin), origin)
    return Chosen(setting.default, "default")


def check_services(named: object) -> dict[str, str]:
    """The section ``edge_tasks.checkout.roles`` of ``invoke.yaml``: role → Compose service.

    Raises:
        SettingsError: it is something else.
    """
    found = dict(named) if isinstance(named, Mapping) else None
    if named is None:
        return {}
    if found is None or not all(role in ROLES and isinstance(name, str) for role, name in found.items()):
        raise SettingsError(
            f"invoke.yaml, edge_tasks.checkout.roles is {named!r}",
            hint=f"services: {{ROLE: NAME}}, with a role of {', '.join(ROLES)}",
        )
    return found


def check_size(edges: int, light: int) -> None:
    """Refuse a fleet of none, and one of more edges than a fleet can have.

    Raises:
        SettingsError: which.
    """
    if edges + light < 1:
        raise SettingsError(
            "--edges is '0'", hint=f"edges is a whole number from 0 to {MOST_EDGES}; 0 only with --light-edges"
        )
    if edges + light > MOST_EDGES:
        raise SettingsError(f"{edges} edges and {light} light ones", hint=f"together at most {MOST_EDGES}")


def check_ports(offset: int, edges: int) -> None:
    """Refuse an offset by which an edge's port would fall on a fixed one of the platform.

    Raises:
        SettingsError: which edge, which port.
    """
    for port in sorted(PORTS_TAKEN_BY_PLATFORM):
        for inside in (8080, 8085):
            index, rest = divmod(port - inside - offset, 100)
            if rest == 0 and 0 <= index < edges:
                raise SettingsError(
                    f"--port-offset {offset} puts edge{index} on port {port}, which the platform has",
                    hint="take a multiple of 100",
                )
