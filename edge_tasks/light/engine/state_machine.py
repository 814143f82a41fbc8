"""Components that have a state, as a module of ``devices`` writes one.

A state machine is a function from its registers, the time and the channels that it reads to its next registers.
It says until when its answer holds, so it costs nothing until then, unless a channel that it reads changes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, NamedTuple, TypeAlias

from edge_tasks.openems.components import CYCLE_MS
from edge_tasks.openems.sources import NEVER

Registers: TypeAlias = tuple[int, ...]
"""What a state machine remembers, also over a restart. If a channel shows its state, the first three are that
state, the epoch ms since when, and the state before."""
Inputs: TypeAlias = Sequence[int | None]
"""The values of the channels that it reads; None is null, or there is no such channel."""
RUNNING: Final = 3600
"""The value of a channel of cumulated seconds while they are counted: the energy of so many W in Wh is a number
of seconds, and is counted as all energies are."""
SOON: Final = CYCLE_MS
"""In ms. What a state machine changes, it reads back in the next cycle."""
LONG_AGO: Final = -NEVER
"""When something was changed that has not been changed so far."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a state machine answers.

    Attributes:
        registers: its next ones.
        until: epoch ms; it is asked again then at the latest.
        values: channels that it sets: outputs of relays and its own flags (0 or 1), its cumulated seconds
            (:data:`RUNNING` or 0). Those that are not in here stay as they are.
        most: W that its battery gives at most; negative to have it charged; None for no limit.
        counted: ms that its channels of cumulated seconds have counted at once, by address.
    """

    registers: Registers
    until: int = NEVER
    values: Mapping[str, int] = field(default_factory=dict)
    most: int | None = None
    counted: Mapping[str, int] = field(default_factory=dict)


class Answer(NamedTuple):
    """What is kept of an outcome.

    Attributes:
        registers: of the state machine.
        inputs: what it had read.
        until: epoch ms.
        most: W that its battery gives at most; None for no limit.
    """

    registers: Registers
    inputs: tuple[int | None, ...]
    until: int
    most: int | None


class StateMachine(ABC):
    """The role of a component that has a state. Those of one configuration are equal.

    Attributes:
        first: its registers when it begins.
        forgets: whether it begins anew when its configuration is changed.
    """

    first: ClassVar[Registers] = ()
    forgets: ClassVar[bool] = True

    @property
    def inputs(self) -> tuple[str, ...]:
        """The addresses of the channels that it reads; what it may set on relays is among them."""
        return ()

    @property
    def own(self) -> tuple[str, ...]:
        """The addresses of its own channels that it sets: flags and cumulated seconds."""
        return ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The addresses of its channels that keep the number that people or other state machines set."""
        return ()

    @property
    def managed(self) -> str:
        """The address of its channel of a consumption that is managed, in W; it is among its own."""
        return ""

    @property
    def info(self) -> tuple[str, ...]:
        """Which of its flags make its ``State``, and that of the whole edge, 1 (Info)."""
        return ()

    @property
    def relays(self) -> tuple[str, ...]:
        """The addresses of the relays that it switches; they are among those that it reads."""
        return ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The channels that it reads and fails without."""
        return ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Which of its flags make its ``State``, and that of the whole edge, 3 (Fault)."""
        return ()

    @property
    def shown(self) -> Mapping[str, int]:
        """The channels that show its configuration, by address."""
        return {}

    @property
    def battery(self) -> str:
        """The battery that it limits. Such a machine reads no powers, because it acts before they are known."""
        return ""

    def steady(self, registers: Registers) -> range:  # noqa: ARG002 - others look at them
        """The states of charge at which it would answer the same for ever; none if that is not known.

        Only for one that limits a battery. A past is computed quickly between them.
        """
        return range(0)

    def without(self, missing: Collection[str]) -> StateMachine:  # noqa: ARG002 - others switch relays
        """The same on an edge where some of the channels that it names do not exist."""
        return self

    @abstractmethod
    def step(self, registers: Registers, now: int, inputs: Inputs) -> Outcome:
        """Its next registers and what follows from them.

        Args:
            registers: as it answered last.
            now: epoch ms.
            inputs: the values of the channels that it reads, in their order.
        """


@dataclass(frozen=True)
class RelayController(StateMachine):
    """One that switches relays. It fails when it needs a channel that does not exist (``CycleWorker.java:113``).

    Attributes:
        id: of the component.
        missing: the channels that it names and that do not exist. They are not compared, because a controller
            goes on where it was when its relay comes.
    """

    id: str
    missing: frozenset[str] = field(default=frozenset(), compare=False, kw_only=True)

    @property
    def faults(self) -> tuple[str, ...]:
        """Whether it failed; only if it ever can, because each flag of each edge takes memory."""
        return (run_failed(self.id),) if self.missing else ()

    def without(self, missing: Collection[str]) -> RelayController:
        """The same controller, which fails where it needs them."""
        return replace(self, missing=frozenset(missing))

    def failed(self, *, has_failed: bool) -> dict[str, int]:
        """The flag that says so."""
        return {run_failed(self.id): int(has_failed)} if self.missing else {}


def run_failed(own_id: str) -> str:
    """The channel of a controller that says whether it failed."""
    return f"{own_id}/RunFailed"


def cumulated_active_time(own_id: str) -> str:
    """The channel of a controller that counts the seconds in which it was active."""
    return f"{own_id}/CumulatedActiveTime"


def awaiting_hysteresis(own_id: str) -> str:
    """The flag of a controller that waits until it may change its state again."""
    return f"{own_id}/AwaitingHysteresis"
