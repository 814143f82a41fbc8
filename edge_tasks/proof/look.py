"""What is seen of each edge, asked once of backend, registry and runtime."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from edge_tasks.errors import BackendError, DatabaseRefused, FileRefused, NoAnswer, OdooRefused, RegistrationError
from edge_tasks.proof.expectation import expect
from edge_tasks.proof.fault import Fault
from edge_tasks.proof.protocol import EdgeProcess
from edge_tasks.proof.verdict import Observation, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edge_tasks.openems.configuration import Component
    from edge_tasks.openems.load_curve import Profile
    from edge_tasks.proof.expectation import Expectation
    from edge_tasks.proof.protocol import StatusSource
    from edge_tasks.registry.protocol import DeviceReport, Registry, Words

_FEW: Final = 10
"""How many edges without an entry are asked for: they may be connected all the same."""


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
    ) -> Expectations:
        """What follows from the templates and load shapes.

        Args:
            groups: what edges are made of, and their names.
            light: the names of the light edges, whose meters may follow a load shape.
            is_simulated: whether light edges simulate the components of a factory.
        """
        found: dict[str, Expectation] = {}
        for made, names in groups:
            constant, shaped = expect(made.components), expect(made.components, made.profile, is_simulated)
            found |= {name: shaped if name in light else constant for name in names}
        return cls(found)

    def of_edge(self, name: str) -> Expectation:
        """What one edge must show."""
        return self.by_edge[name]

    def without_figures(self) -> Expectations:
        """The expectations where values cannot be asked."""
        return self._each(lambda one: replace(one, figures={}))

    def without_components(self) -> Expectations:
        """The expectations where nobody says what an edge consists of."""
        return self._each(lambda one: replace(one, components=frozenset()))

    def _each(self, change: Callable[[Expectation], Expectation]) -> Expectations:
        changed = {id(one): change(one) for one in self.by_edge.values()}
        return Expectations({name: changed[id(one)] for name, one in self.by_edge.items()})

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
        restart: what to type so that one edge starts again, by its name.
    """

    processes: Mapping[str, EdgeProcess]
    backend_started: float
    unread: frozenset[str]
    takes_edges: Callable[[], bool] = lambda: True
    restart: Callable[[str], str] = lambda _name: "inv up"


@dataclass
class _Answers:
    words: Words
    unasked: Fault | None = None
    why: str = ""
    hint: str = "inv up"
    visible: frozenset[str] | None = None
    online: dict[str, bool] = field(default_factory=dict)
    values: dict[str, dict[str, object]] = field(default_factory=dict)
    reports: dict[str, DeviceReport] = field(default_factory=dict)
    components: dict[str, frozenset[str]] | None = field(default_factory=dict)
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
    """Ask once of these edges, and judge each; those that are online also have the values of ``channels``."""
    answers = _ask(names, [*expected.channels, *channels], sources)
    is_late = sources.status.is_late  # only now, since what is asked may have been another source
    if not sources.status.sees_values:
        expected = expected.without_figures()
    if answers.components is None:
        expected = expected.without_components()
    return tuple(
        judge(_observation(name, answers, sources.facts, is_late=is_late), expected.of_edge(name))
        for name in names
    )


def _ask(names: Sequence[str], channels: list[str], sources: Sources) -> _Answers:
    status, registry = sources.status, sources.registry
    answers = _Answers(words=registry.words)
    try:
        answers.reports = registry.reports(names)
        answers.online = status.online(_worth_asking(names, answers.reports))
        online = [name for name, is_online in answers.online.items() if is_online]
        answers.values = status.values(online, channels) if channels else {}
        answers.components = _components(answers, sources)
        answers.visible = registry.visible(names)
        answers.takes_edges = any(answers.online.values()) or sources.facts.takes_edges()
    except DatabaseRefused as error:
        answers.unasked, answers.why, answers.hint = Fault.DATABASE_REFUSES, error.message, error.hint
    except FileRefused as error:
        answers.unasked, answers.why, answers.hint = Fault.DATABASE_SILENT, error.message, error.hint
    except RegistrationError as error:
        answers.unasked, answers.why = Fault.DATABASE_SILENT, error.message
    except NoAnswer as error:
        answers.unasked, answers.why, answers.hint = _fault_of(error), error.message, error.hint
    return answers


def _components(answers: _Answers, sources: Sources) -> dict[str, frozenset[str]] | None:
    """What the edges that are online consist of, as the registry says, or else the backend; None if unknown."""
    online = [name for name, is_online in answers.online.items() if is_online]
    if not sources.registry.keeps_configs:
        return sources.status.components(online)
    reports = ((name, answers.reports.get(name)) for name in online)
    return {name: report.components for name, report in reports if report and report.components is not None}


def _worth_asking(names: Sequence[str], reports: Mapping[str, DeviceReport]) -> list[str]:
    """The backend looks for each edge that it does not know by itself, and knows few that have no entry."""
    without = sum(name not in reports for name in names)
    return [name for name in names if name in reports or without <= _FEW]


def _fault_of(error: NoAnswer) -> Fault:
    if not isinstance(error, BackendError):
        return Fault.ODOO_REFUSES if isinstance(error, OdooRefused) else Fault.ODOO_SILENT
    return Fault.BACKEND_REFUSES if error.code else Fault.BACKEND_SILENT


def _observation(name: str, answers: _Answers, facts: RuntimeFacts, *, is_late: bool) -> Observation:
    process = facts.processes.get(name) or EdgeProcess(running=False)
    report, online = answers.reports.get(name), answers.online.get(name)
    return Observation(
        name=name,
        running=process.running,
        running_why=process.why,
        running_hint=process.hint or "inv up",
        online=online,
        tries=process.tries,
        has_ended=process.has_ended,
        may_be_dead=process.may_be_dead,
        node=process.node,
        restart=facts.restart(name),
        unasked=answers.unasked,
        unasked_why=answers.why,
        unasked_hint=answers.hint,
        components=frozenset() if answers.components is None else answers.components.get(name),
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
        backend_age_s=time.time() - facts.backend_started,
        words=answers.words,
        is_late=is_late,
    )
