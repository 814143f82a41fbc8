"""What an edge told in a row of messages, as a column for each channel.

A column is a flat list ``[place, value, place, value, ...]``: the message at that place told that value,
and the first message is at 0. So a channel that does not change costs a few characters, and no message is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value: TypeAlias = int | float | str | bool | None
Column: TypeAlias = list[Value]


def columns_of(messages: Sequence[Mapping[str, Value]]) -> dict[str, Column]:
    """The column of each channel, in the order of their names."""
    found: dict[str, Column] = {}
    for place, message in enumerate(messages):
        for channel, value in message.items():
            found.setdefault(channel, []).extend((place, value))
    return dict(sorted(found.items()))


def messages_of(columns: Mapping[str, Column], count: int) -> list[dict[str, Value]]:
    """So many messages; one in which nothing was told is empty."""
    messages: list[dict[str, Value]] = [{} for _ in range(count)]
    for channel, column in columns.items():
        for place, value in zip(column[::2], column[1::2], strict=True):
            assert isinstance(place, int), channel
            messages[place][channel] = value
    return messages
