"""What the components of an edge were from one change to the next, and which written values held. Pure."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from edge_tasks.light.engine.memory import Command
from edge_tasks.light.wire.config_changes import changed
from edge_tasks.openems.configuration import Configuration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edge_tasks.light.wire.journal import Entry
    from edge_tasks.openems.configuration import Component


class UnchangedSpan(NamedTuple):
    """A time in which nothing was changed.

    Attributes:
        begin: epoch ms.
        end: epoch ms.
        components: of the edge; the same object as before if only values were written.
        written: the values that people wrote and that hold, by channel.
    """

    begin: int
    end: int
    components: Sequence[Component]
    written: Mapping[str, int]


def unchanged_spans(
    components: Sequence[Component], entries: Sequence[Entry], end: int
) -> Iterator[UnchangedSpan]:
    """The times without a change, from the first entry of a journal on.

    Args:
        components: before the first entry.
        entries: of the journal; at least one.
        end: epoch ms at which the last one ends.
    """
    configuration = Configuration(tuple(components), ())
    waiting, commands, begin = deque(entries), dict[str, Command](), entries[0].at
    while begin < end:
        while waiting and waiting[0].at <= begin:
            did = waiting.popleft().did
            if isinstance(did, Command):
                commands[did.channel] = did
            else:
                configuration = changed(configuration, [did])
        holding = [one for one in commands.values() if one.end > begin]
        until = min([end, *(one.end for one in holding), *(one.at for one in list(waiting)[:1])])
        yield UnchangedSpan(begin, until, configuration.components, {one.channel: one.value for one in holding})
        begin = until
