"""``inv plan``: what each step would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge_tasks.errors import FleetError
from edge_tasks.output import INDENT
from edge_tasks.plan import Plan, counted
from edge_tasks.steps.step import looked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edge_tasks.output import Output
    from edge_tasks.steps.step import Step


def show(
    before: Mapping[str, tuple[str, ...]], steps: Mapping[str, Callable[[], Step[Any]]], output: Output
) -> bool:
    """Print what must be done; returns whether there is anything.

    Args:
        before: what the call itself would do before its first step: a word → lines.
        steps: by name, in their order.
        output: where it is printed.

    Raises:
        FleetError: a step cannot look, or refuses; the others have been shown, and the first one's is raised.
    """
    found = {**before, **{name: _changes_of(make, output) for name, make in steps.items()}}
    for name, lines in found.items():
        for sign, line in _signed(lines):
            output.line(f"{sign} {name:<12} {line}", INDENT)
    changes = {name: lines for name, lines in found.items() if not isinstance(lines, FleetError)}
    output.document(changes={name: list(lines) for name, lines in changes.items()})
    for error in found.values():
        if isinstance(error, FleetError):
            raise error
    return any(changes.values())


def _signed(found: tuple[str, ...] | FleetError) -> Iterator[tuple[str, str]]:
    if isinstance(found, FleetError):
        yield "!", f"refused: {found.message.partition(chr(10))[0]}"
    elif found:
        yield from (("~", line) for line in found)
    else:
        yield "=", "nothing to do"


def _changes_of(make: Callable[[], Step[Any]], output: Output) -> tuple[str, ...] | FleetError:
    try:
        return looked(make(), output).changes
    except FleetError as error:
        return error


@dataclass(frozen=True)
class Unasked:
    """``register`` while the registry cannot be asked, because its database does not run.

    Attributes:
        edges: how many edges must be registered.
    """

    edges: int

    def find(self) -> Plan[None]:
        """The plan to register all edges, because nothing is known of the device table."""
        return Plan((f"register {counted(self.edges, 'edge')} (the device table cannot be read yet)",), "", None)

    def apply(self, _plan: Plan[None]) -> str:
        """Refuse: this plan is only shown.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError
