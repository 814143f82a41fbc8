"""``inv attach``: light edges of this machine at a backend elsewhere, for a while; then what became of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.processes import until
from edge_tasks.adapters.signals import ending_as_ctrl_c, uninterrupted
from edge_tasks.errors import CommandFailed, EdgesNotOnline
from edge_tasks.plan import counted
from edge_tasks.proof.acceptance import Refusal, find_refusal
from edge_tasks.proof.availability import uptimes
from edge_tasks.steps.attach_report import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge_tasks.errors import FleetError
    from edge_tasks.output import Output
    from edge_tasks.proof.availability import Uptime
    from edge_tasks.runtimes.attached_host import AttachedHost, EdgeStatus
    from edge_tasks.steps.attach_report import AttachReport
    from edge_tasks.steps.attached_proof import AttachedProof

_START_S: Final = 30.0
_LOOK_S: Final = 1.0


@dataclass(frozen=True)
class Attach:
    """Runs the edges until the time is over or somebody ends it.

    Attributes:
        host: runs them.
        uri: of the backend.
        names: of the edges.
        seconds: how long; None until Ctrl-C.
        least: the share of its time in which each edge must be connected.
        proof: asks the backend; None if it cannot be asked.
        report: writes what became of them.
        tell: shows how it stands, in a line that moves.
    """

    host: AttachedHost
    uri: str
    names: Sequence[str]
    seconds: float | None
    least: float
    proof: AttachedProof | None
    report: AttachReport
    output: Output
    tell: Callable[[str], None]

    def run(self) -> bool:
        """Run the edges, and report; returns whether it ran for the whole time.

        Raises:
            EdgesNotOnline: an apikey was refused, or an edge was not connected long enough, or the backend said
                at the end that it is not online.
            CommandFailed: the light edges did not start; or a process of them ended by itself, and what was seen
                until then has been reported.
            NoAnswer: the backend cannot be asked at the beginning or at the end.
            PlatformLocked: another command runs these edges.
            NotWritable: a file cannot be written.
        """
        with ending_as_ctrl_c():
            if self.proof is not None:
                self.proof.begin()
            with self.host.running():
                self._await_start()
                began, wall = time.monotonic(), time.time()
                is_whole, failure = self._watch(began)
                if failure is None:
                    self._look_at_the_end()
                end = time.monotonic()
                counters = self.host.counters()
            with uninterrupted():
                found = uptimes(self.host.events(), self.names, end)
                run = Run(self.uri, wall, began, end - began, found, counters, self.least, self.proof, is_whole)
                problem = failure or self._problem(found)
                self.report.write(run, Refusal(problem.message, problem.hint) if problem else None)
        if problem is not None:
            raise problem
        return is_whole

    def _look_at_the_end(self) -> None:
        """Ask the backend a last time; Ctrl-C, typed once more, ends that, and it has not answered."""
        if self.proof is not None:
            try:
                self.proof.look(self.host.edges())
            except KeyboardInterrupt:
                self.proof.note_silence("it was not waited for")

    def _problem(self, found: Sequence[Uptime]) -> FleetError | None:
        """Why the run is not accepted, though it could go on to its end."""
        refusal = find_refusal(found, self.least, self.proof.not_online if self.proof else ())
        if refusal is not None:
            return EdgesNotOnline(refusal.why, hint=refusal.remedy)
        return self.proof.silence if self.proof else None

    def _await_start(self) -> None:
        """Wait until the edges begin, so that the time is theirs."""
        deadline = time.monotonic() + _START_S
        while not self.host.has_started:
            self.host.require()
            if not until(deadline):
                raise CommandFailed("the light edges did not start", hint=f"see {self.host.log}")

    def _watch(self, began: float) -> tuple[bool, CommandFailed | None]:
        """Wait until the end; whether all of the time has passed, and why it cannot go on."""
        counting = _Counting(began, self.seconds)
        try:
            with self.output.listening("attach", counting):
                while True:  # also at the end, and if a busy machine comes to its first look only then
                    self.host.require()
                    self._look(counting)
                    if counting.is_over:
                        break
                    time.sleep(min(_LOOK_S, counting.left))
        except KeyboardInterrupt:
            return self.seconds is None, None
        except CommandFailed as error:
            return False, error
        return True, None

    def _look(self, counting: _Counting) -> None:
        edges = self.host.edges()
        if self.proof is not None:
            self.proof.look_when_due(edges)
        connected = sum(edge["state"] == "connected" for edge in edges.values())
        if connected == len(self.names) and not counting.had_all:
            counting.had_all = True
            self.output.line(f"{counted(connected, 'edge')} connected after {counting.passed:.1f} s")
        if self.output.is_screen:
            self.tell(f"{connected:,} of {len(self.names):,} connected{self._refused(edges)}")

    def _refused(self, edges: Mapping[str, EdgeStatus]) -> str:
        refused = sum(edge["state"] == "refused" for edge in edges.values())
        return f", {refused:,} refused" if refused else ""


@dataclass
class _Counting:
    """How much of the time has passed; called with a line, it says so to the line that moves."""

    began: float
    seconds: float | None
    had_all: bool = False

    def __call__(self, _line: str) -> tuple[int, int] | None:
        """Seconds passed, and all of them."""
        return None if self.seconds is None else (round(self.passed), round(self.seconds))

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return max(0.0, self.seconds - self.passed) if self.seconds is not None else _LOOK_S

    @property
    def is_over(self) -> bool:
        """Whether the time has passed."""
        return self.left <= 0
