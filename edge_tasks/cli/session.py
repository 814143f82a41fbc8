"""One call of ``inv``: what was chosen, the platform, the fleet, the runtime; shared by all its steps."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.checkout import layouts as platforms
from edge_tasks.checkout import load_shapes
from edge_tasks.checkout.compose_file import EDGE_SERVICE
from edge_tasks.cli import settings
from edge_tasks.cli.console import Console
from edge_tasks.errors import MissingTool, SettingsError
from edge_tasks.fleet.saved import Saved, State, new_fleet
from edge_tasks.runtimes.embedded.runtime import EmbeddedRuntime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from edge_tasks.checkout.compose_file import ComposeFile
    from edge_tasks.checkout.layouts import Platform
    from edge_tasks.checkout.load_shapes import LoadShape
    from edge_tasks.checkout.template import Template
    from edge_tasks.cli.invocation import Invocation
    from edge_tasks.fleet.identity import Edge, Fleet
    from edge_tasks.runtimes.protocols import Runtime

_JUDGING: Final = frozenset({"verify"})


class Session:
    """Made by the executor from all options of the call.

    Attributes:
        options: as typed, of all tasks together.
        typed: the names of the tasks that were typed.
        configured: the section ``edge_tasks`` of ``invoke.yaml``.
        invocation: how the program was started.
        done: the steps that this call has done.
        judges_only: only ``verify`` was typed, of a fleet that was brought up: it is looked at, not mended.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        typed: frozenset[str],
        configured: Mapping[str, Any],
        invocation: Invocation,
    ) -> None:
        self.options = options
        self.typed = typed
        self.configured = configured
        self.invocation = invocation
        as_json, quiet, echo = (bool(options.get(flag)) for flag in ("json", "quiet", "echo"))
        self.console = Console(as_json, quiet, echo, invocation.worded)
        self._stack = ExitStack()
        self._begun = False
        self.judges_only = False
        self.done: set[str] = set()

    @cached_property
    def platform(self) -> Platform:
        """The platform's folder."""
        chosen = settings.choose("platform", self.options, os.environ, {}, self.configured).value
        return platforms.find_platform(chosen, self.invocation.home, Path.cwd())

    @cached_property
    def template(self) -> Template:
        """The platform's edge template, compiled."""
        return self.platform.template()

    @cached_property
    def compose(self) -> ComposeFile:
        """What the platform's compose file says."""
        return self.platform.compose(self.services_named.get("edge", EDGE_SERVICE))

    @cached_property
    def services_named(self) -> dict[str, str]:
        """Role → Compose service, as ``invoke.yaml`` names them."""
        return settings.check_services(self.configured.get("services"))

    @cached_property
    def state(self) -> State:
        """The platform's state directory."""
        return State(self.platform.path)

    @cached_property
    def saved(self) -> Saved | None:
        """The fleet as it was saved before this call."""
        return self.state.load()

    @cached_property
    def wanted(self) -> Saved:
        """The fleet as it is wanted now."""
        fleet = self.saved.fleet if self.saved else new_fleet(1)
        full, light = self.chosen("edges"), self.chosen("light_edges")
        settings.check_size(full, light)
        fleet = replace(
            fleet,
            size=full + light,
            light=light,
            reserve=self.chosen("reserve"),
            port_offset=self.chosen("port_offset"),
        )
        settings.check_ports(fleet.port_offset, fleet.full)
        override_file = str(self.chosen("override_file"))
        if Path(override_file).name != override_file:
            raise SettingsError(
                f"--override-file is {override_file!r}", hint="a plain file name, in the platform"
            )
        extras = {name: self._choose(name) for name, setting in settings.SETTINGS.items() if setting.extra}
        kept = {name: chosen.value for name, chosen in extras.items() if chosen.origin != "default"}
        return Saved(fleet, self._runtime_name(), override_file, kept)

    @cached_property
    def fleet(self) -> Fleet:
        """The wanted fleet."""
        return self.wanted.fleet

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Its edges."""
        return self.fleet.edges

    @cached_property
    def runtime(self) -> Runtime:
        """Where the fleet runs."""
        if self.wanted.runtime == "docker":
            return self._docker()
        edges_folder = self.platform.edges_folder
        return EmbeddedRuntime(self.state.folder, edges_folder, self.fleet, self._rendered, self._extras)

    @cached_property
    def load_shape(self) -> LoadShape | None:
        """What light edges draw and feed over the day; None for their datasources' constants."""
        return load_shapes.find(self.chosen("profile"), self.platform.path)

    @property
    def light_names(self) -> frozenset[str]:
        """The edges that are light ones: all of them where there are no others."""
        full = 0 if self.wanted.runtime == "embedded" else self.fleet.full
        return frozenset(edge.name for edge in self.edges[full:])

    @property
    def up_mark(self) -> str:
        """What ``up`` records of the fleet it brought up."""
        fleet, shape = self.fleet, self.load_shape
        mark = f"{fleet.size}/{fleet.light}/{fleet.key_generation}/{fleet.port_offset}/{self.template.digest}"
        return f"{mark}/{self.chosen('seed')}/{shape.digest}" if shape else mark

    def chosen(self, name: str) -> Any:  # noqa: ANN401 - each setting has its own type
        """The value of a setting."""
        return self._choose(name).value

    def begin(self) -> None:
        """Check the platform, take its lock, save the fleet; once, before the first step that changes things."""
        if self._begun:
            return
        self.state.check_owner()
        _ = self.template, self.wanted, self.load_shape
        if self.wanted.runtime == "embedded":  # in the docker runtime Compose itself reads its files
            _ = self.compose
        if self.platform.is_missing:
            self.platform.lay_out()
            self.console.line(f"laid out the bundled platform in {self.platform.path}")
        self._stack.enter_context(self.state.locked(_command()))
        _forget_cached(self, "saved", "wanted", "fleet", "edges", "load_shape")
        if self.wanted != self.saved:
            self.state.save(self.wanted)
        platforms.remember(self.platform, self.invocation.home)
        self.judges_only = self.typed <= _JUDGING and self.state.record().get("up") == self.up_mark
        self._begun = True
        self.console.line(self._header())

    def close(self) -> None:
        """Give the lock back."""
        self._stack.close()

    def rotate_keys(self) -> None:
        """Make new keys for all edges, on purpose.

        Raises:
            SettingsError: there is no fleet yet.
        """
        if self.saved is None:
            raise SettingsError(f"there is no fleet in {self.platform.path}", hint="inv setup --edges 3")
        self.begin()
        fleet = replace(self.fleet, key_generation=self.fleet.key_generation + 1)
        self.state.save(replace(self.wanted, fleet=fleet))
        _forget_cached(self, "saved", "wanted", "fleet", "edges", "runtime")
        self.console.line(f"new keys for {fleet.size} edges; the old ones end when the backend reads them")

    @property
    def _extras(self) -> dict[str, Any]:
        return {name: self.chosen(name) for name, setting in settings.SETTINGS.items() if setting.extra}

    def _rendered(self, edge: Edge, uri: str) -> Mapping[PurePosixPath, str]:
        return self.template.render(edge, uri)

    def _choose(self, name: str) -> settings.Chosen:
        saved = self.saved.choices if self.saved else {}
        chosen = settings.choose(name, self.options, os.environ, saved, self.configured)
        if name != "profile":
            return chosen
        return replace(
            chosen, value=load_shapes.absolute(chosen.value, Path.cwd())
        )  # saved, it is used elsewhere

    def _docker(self) -> Runtime:
        from edge_tasks.runtimes.docker.context import Ground  # noqa: PLC0415 - only where it is used
        from edge_tasks.runtimes.docker.runtime import DockerRuntime  # noqa: PLC0415 - as above

        flags = frozenset(flag for flag in ("skip_build", "demo", "force", "fix") if self.options.get(flag))
        ground = Ground(
            platform=self.platform,
            state=self.state,
            fleet=self.fleet,
            override=self.platform.path / self.wanted.override_file,
            services_named=self.services_named,
            choices=self._extras,
            flags=flags,
            say=self.console.line,
            progress=self.console.download,
            render=self._rendered,
            echo=self.console.heard,
        )
        return DockerRuntime(ground)

    def _runtime_name(self) -> str:
        chosen = self._choose("runtime")
        if chosen.value == "embedded":
            return "embedded"
        if chosen.value == "auto":
            return "embedded" if self._why_embedded else "docker"
        problem, remedy = self._engine_problem
        if problem:
            raise MissingTool(
                f"{problem}; the docker runtime needs it ({chosen.origin})",
                hint=f"{remedy}; or --runtime embedded: a fleet without Docker",
            )
        return "docker"

    def _header(self) -> str:
        edges, light, runtime = (self._choose(name) for name in ("edges", "light_edges", "runtime"))
        why = (self._why_embedded or "an engine answers") if runtime.value == "auto" else runtime.origin
        bundled = " (bundled)" if self.platform.bundled else ""
        lights = f" and {light.value} light ({light.origin})" if light.value else ""
        profile = self.chosen("profile")
        shape = "" if profile == load_shapes.CONSTANT else f", profile {profile} (light edges)"
        noun = "edge" if edges.value == 1 else "edges"
        return (
            f"{edges.value} {noun} ({edges.origin}){lights}{shape}, platform {self.platform.path}{bundled},"
            f" runtime {self.runtime.name} ({why}): {self.runtime.stands_for}"
        )

    @cached_property
    def _engine_problem(self) -> tuple[str, str]:
        from edge_tasks.adapters.docker import engine_problem  # noqa: PLC0415 - asked when it matters

        return engine_problem()

    @property
    def _why_embedded(self) -> str:
        """Why ``auto`` does not mean docker here; empty when it does."""
        if self.platform.bundled:
            return "the bundled platform; --runtime docker builds the real one, a download of 2 GB"
        return self._engine_problem[0]


def _forget_cached(session: Session, *names: str) -> None:
    for name in names:
        session.__dict__.pop(name, None)


def _command() -> str:
    return " ".join(["inv", *sys.argv[1:]])[:200]
