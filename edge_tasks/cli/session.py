"""One call of the command line: what was asked of it, and what it has begun, locked and done."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from edge_tasks.cli.bringing_up import BringingUp
from edge_tasks.cli.console import Console
from edge_tasks.cli.effects import JUDGING, Place, at_work, without_effect
from edge_tasks.cli.moves import check_moves, leave_former_place, moves_of, running_of
from edge_tasks.cli.platform_used import PlatformUsed
from edge_tasks.cli.request import Request
from edge_tasks.cli.runtime_context import context_of
from edge_tasks.fleet.saved import no_fleet
from edge_tasks.plan import counted
from edge_tasks.runtimes.beside import Beside
from edge_tasks.runtimes.choice import kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edge_tasks.cli.invocation import Invocation
    from edge_tasks.cli.target import Target
    from edge_tasks.fleet.saved import Saved
    from edge_tasks.runtimes.protocols import Runtime

_PATIENCE_S: Final = 10.0
"""How long a call waits for what it has begun and no longer needs."""


class Session:
    """Made by the executor from all options of the call, and shared by all its tasks.

    Attributes:
        options: as typed, of all tasks together.
        typed: the names of the tasks that were typed.
        tasks: these and all that they need.
        invocation: how the program was started.
        request: these and what follows from them.
        console: where the call prints.
        done: the steps that this call has done.
        bringing_up: notes what brings the fleet up.
        beside: what a step has begun; the call does not end well before that has.
        judges_only: only ``verify`` was typed, and there is a fleet: it is judged, and nothing is mended.
    """

    def __init__(
        self,
        options: Mapping[str, object],
        typed: frozenset[str],
        configured: Mapping[str, object],
        invocation: Invocation,
    ) -> None:
        self.options = options
        self.typed = self.tasks = typed
        self.invocation = invocation
        self.request = Request(options, typed, configured, invocation)
        as_json, quiet, echo = (self.flag(name) for name in ("json", "quiet", "echo"))
        self.console = Console(as_json, quiet, echo, invocation.worded)
        self.done: set[str] = set()
        self.bringing_up = BringingUp(self.console)
        self.judges_only = False
        self.beside = Beside()
        self._stack = ExitStack()
        self._begun = self._said_without_effect = False
        self._target: Target | None = None
        self._runtime: Runtime | None = None

    @property
    def target(self) -> Target:
        """What the call works on."""
        if self._target is None:
            self._target = self.request.find_target(self.tasks)
        return self._target

    @property
    def runtime(self) -> Runtime:
        """Where the target's fleet runs."""
        if self._runtime is None:
            self._runtime = self.runtime_of(self.target.wanted)
        return self._runtime

    def runtime_of(self, fleet: Saved) -> Runtime:
        """Where a fleet runs, or ran: the saved one may be elsewhere than the one that is wanted."""
        return kind(fleet.runtime).create(context_of(self, fleet))

    def fresh(self) -> Session:
        """The same call once more, of a fleet that may have changed meanwhile."""
        again = Session(self.options, self.typed, self.request.configured, self.invocation)
        again.tasks = self.tasks
        return again

    def flag(self, name: str) -> bool:
        """Whether a flag was typed."""
        return bool(self.options.get(name))

    def require_fleet(self) -> None:
        """Refuse a platform without a fleet, and one whose fleet runs elsewhere than what was typed says.

        Raises:
            SettingsError: which.
        """
        if self.target.saved is None:
            raise no_fleet(self.target.platform.path)
        self.check_moves()
        self.say_without_effect()

    def say_without_effect(self) -> None:
        """Say, once, which options were typed where they change nothing."""
        if self._said_without_effect:
            return
        self._said_without_effect = True
        wanted = self.target.wanted
        where = kind(wanted.runtime)
        has_light = wanted.fleet.light > 0 or not where.uses_engine
        tasks = at_work(self.typed, self.tasks, has_fleet=self.judges_only)
        place = Place(where.uses_engine, self.request.platform.bundled, has_light, tasks, where.spans_nodes)
        for line in without_effect([name for name, value in self.options.items() if value], place):
            self.console.line(f"! {line}")

    def check_moves(self) -> None:
        """Refuse what would move a fleet of which something runs.

        Raises:
            SettingsError: what would move it.
            MissingTool: nobody can say whether something runs, since its runtime does not answer.
        """
        saved, wanted = self.target.saved, self.target.wanted
        moves = moves_of(saved, wanted)
        if saved is not None and moves:
            check_moves(moves, running_of(saved, self.runtime_of))

    def begin(self) -> None:
        """Check the platform, take its lock, save the fleet; once, before the first step that changes things."""
        if self._begun:
            return
        self._check(self.target)
        platform = self.request.platform
        if platform.is_missing:
            platform.lay_out()
            self.console.line(f"created the bundled platform in {platform.path}")
        self._stack.enter_context(self.target.state.locked(self._command))
        self.look_again()
        self.check_moves()
        self._begun = True
        target = self.target
        is_new = target.saved is None
        self.judges_only = self.typed <= JUDGING and not is_new
        if not self.judges_only and (renewed := platform.renew()):
            self.console.line(f"renewed what an earlier version made: {', '.join(map(str, renewed))}")
        if target.wanted != target.saved and not self.judges_only:
            if target.saved and leave_former_place(
                target.state.record, platform.path, target.saved, target.wanted, target.former
            ):
                self.console.line(f"removed {target.saved.override_file}, the override under its former name")
            target.state.save(target.wanted)
        self.platform_used.begin()
        if is_new and self.typed <= JUDGING:
            self.console.line("there is no fleet here yet: verify brings one up first")
        self.console.line(self.header())
        self.say_without_effect()
        self.look_again()  # the fleet that was just saved is there for the tasks that follow

    def rotate_keys(self) -> None:
        """Give all edges new apikeys.

        Raises:
            SettingsError: there is no fleet yet.
        """
        self.require_fleet()
        self.target.require_secret_keys()
        self.begin()
        target = self.target
        fleet = replace(target.fleet, key_generation=target.fleet.key_generation + 1)
        target.state.save(replace(target.wanted, fleet=fleet))
        self.look_again()
        keys = counted(fleet.size, "edge")
        self.console.line(
            f"new apikeys for {keys}; the old ones become invalid when the backend has read the new ones"
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the platform's lock, unless this call has it already.

        Raises:
            PlatformLocked: another command has it.
        """
        if self._begun:
            yield
            return
        with self.target.state.locked(self._command):
            yield

    def begin_again(self) -> None:
        """Give the lock back: what follows begins again, with whatever is left."""
        self.end_beside()
        self._stack.close()
        self._begun = self.judges_only = False
        self.done.clear()
        self.bringing_up = BringingUp(self.console)
        self.look_again()

    def await_beside(self) -> None:
        """Wait for what a step has begun beside the others.

        Raises:
            FleetError: as that says.
        """
        self.beside.await_end(self.console.waiting)

    def end_beside(self, patience_s: float = _PATIENCE_S) -> None:
        """Wait a while, or until Ctrl-C, for what a step has begun beside and nobody needs; say why it failed."""
        with suppress(KeyboardInterrupt):
            if error := self.beside.end(patience_s, self.console.line):
                self.console.fault(f"  ! {error}")

    def close(self) -> None:
        """Give the lock back, once nothing works beside any more, or nobody wants to wait for that."""
        try:
            self.end_beside()
        finally:
            self._stack.close()

    @cached_property
    def platform_used(self) -> PlatformUsed:
        """The platform as the one to be used again where no other is typed."""
        return PlatformUsed(self.request.platform, self.invocation.home, self.console)

    def look_again(self) -> None:
        """Read the target again: it was changed."""
        self._target = self._runtime = None

    def _check(self, target: Target) -> None:
        target.state.check_owner()
        _ = target.blueprints, kind(target.wanted.runtime).uses_engine or target.compose

    @property
    def _command(self) -> str:
        return " ".join([self.invocation.command, *sys.argv[1:]])[:200]

    def header(self) -> str:
        """A line: which fleet, where it runs, and why there."""
        runtime, why = self.runtime, self.request.choice(self.target.choices).why
        return f"{self.target.header}, runtime {runtime.name} ({why}): {runtime.stands_for}"
