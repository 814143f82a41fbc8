"""What is seen of each edge, asked once of backend, registry and runtime."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from edge_tasks.errors import NoAnswer
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.proof.verdict import Observation, Verdict, expect, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve import Profile
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.proof.verdict import Expectation
    from edge_tasks.registry.protocol import DeviceReport, Registry


@dataclass(frozen=True)
class MadeOf:
    """What edges are made of, as far as it says what they show.

    Attributes:
        components: of their template.
        profile: the load shape of the light ones; None without one.
    """

    components: Sequence[Component]
    profile: Profile | None


@dataclass(frozen=True)
class Expectations:
    """What the edges of a fleet must show.

    Attributes:
        by_edge: of each edge, by its name; edges that are made alike share one.
    """

    by_edge: Mapping[str, Expectation]

    @classmethod
    def of(
        cls,
        groups: Iterable[tuple[MadeOf, Sequence[str]]],
        light: frozenset[str],
        is_simulated: Callable[[str], bool],
        *,
        is_late: bool,
    ) -> Expectations:
        """What follows from the templates and load shapes.

        Args:
            groups: what edges are made of, and their names.
            light: the names of the light edges, whose meters may follow a load shape.
            is_simulated: whether light edges simulate the components of a factory.
            is_late: values cannot be asked, so that none are expected.
        """
        found: dict[str, Expectation] = {}
        for made, names in groups:
            constant, shaped = expect(made.components), expect(made.components, made.profile, is_simulated)
            if is_late:
                constant, shaped = (replace(one, figures={}, unmeasured=()) for one in (constant, shaped))
            found |= {name: shaped if name in light else constant for name in names}
        return cls(found)

    def of_edge(self, name: str) -> Expectation:
        """What one edge must show."""
        return self.by_edge[name]

    @cached_property
    def channels(self) -> tuple[str, ...]:
        """All channels of which some edge must show a value."""
        each = {id(one): one for one in self.by_edge.values()}.values()
        return tuple({channel: None for one in each for channel in one.figures})

    def unmeasured(self, names: Iterable[str]) -> tuple[str, ...]:
        """The meters of these edges that may have no value, each with its factory."""
        found = {meter for name in set(names) for meter in self.of_edge(name).unmeasured}
        return tuple(sorted(found))


@dataclass(frozen=True)
class RuntimeFacts:
    """What the runtime knows at the moment of a look.

    Attributes:
        processes: the edges that there are, by name.
        backend_started: seconds since 1970; 0.0 when it does not run.
        unread: names of edges whose entry the running backend has not read.
        takes_edges: whether the backend's port for edges is open; asked only where no edge is online.
    """

    processes: Mapping[str, EdgeProcess]
    backend_started: float
    unread: frozenset[str]
    takes_edges: Callable[[], bool] = lambda: True


@dataclass
class _Answers:
    why: str = ""
    hint: str = "inv up"
    visible: frozenset[str] | None = None
    online: dict[str, bool] = field(default_factory=dict)
    values: dict[str, dict[str, object]] = field(default_factory=dict)
    reports: dict[str, DeviceReport] = field(default_factory=dict)
    takes_edges: bool = True


@dataclass(frozen=True)
class Sources:
    """The sources that are asked about edges.

    Attributes:
        status: says which edges are online.
        registry: says which devices the backend knows.
        facts: what the runtime knows.
    """

    status: StatusSource
    registry: Registry[Any]
    facts: RuntimeFacts


def look(
    names: Sequence[str], channels: Sequence[str], expected: Expectations, sources: Sources
) -> tuple[Verdict, ...]:
    """Ask once of these edges, also for the values of ``channels``, and judge each."""
    answers = _ask(names, [*expected.channels, *channels], sources)
    is_late = sources.status.is_late
    return tuple(
        judge(_observation(name, answers, sources.facts, is_late=is_late), expected.of_edge(name))
        for name in names
    )


def _ask(names: Sequence[str], channels: list[str], sources: Sources) -> _Answers:
    status, registry = sources.status, sources.registry
    answers = _Answers()
    try:
        answers.online = status.online(names)
        answers.values = status.values(list(answers.online), channels)
        answers.reports = registry.reports(names)
        answers.visible = registry.visible(names)
        answers.takes_edges = any(answers.online.values()) or sources.facts.takes_edges()
    except NoAnswer as error:
        answers.why, answers.hint = error.message, error.hint
    return answers


def _observation(name: str, answers: _Answers, facts: RuntimeFacts, *, is_late: bool) -> Observation:
    process = facts.processes.get(name) or EdgeProcess(running=False)
    report, online = answers.reports.get(name), answers.online.get(name)
    return Observation(
        name=name,
        running=process.running,
        running_why=process.why,
        online=online,
        backend_why=answers.why,
        backend_hint=answers.hint,
        components=report.components if report and online else None,
        ignored=process.ignored,
        values=answers.values.get(name, {}),
        registered=report is not None,
        active=report.is_active if report else None,
        visible=None if answers.visible is None else name in answers.visible,
        key_is_own=report is None or report.key_is_own,
        read=name not in facts.unread,
        takes_edges=answers.takes_edges,
        message_age_s=report.message_age_s if report else None,
        settled_s=time.time() - max(process.since, facts.backend_started),
        is_late=is_late,
    )
