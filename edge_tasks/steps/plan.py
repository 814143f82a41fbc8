"""``inv plan``: what each step would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge_tasks.output import INDENT
from edge_tasks.plan import Plan, counted
from edge_tasks.steps.step import looked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
        FleetError: a step cannot look, or refuses.
    """
    changes = {**before, **{name: looked(make(), output).changes for name, make in steps.items()}}
    for name, lines in changes.items():
        for line in lines or ("nothing to do",):
            output.line(f"{'~' if lines else '='} {name:<12} {line}", INDENT)
    output.document(changes={name: list(lines) for name, lines in changes.items()})
    return any(changes.values())


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
