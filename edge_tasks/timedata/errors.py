"""What can go wrong where history lies."""

from __future__ import annotations

from edge_tasks.errors import FleetError


class HistoryError(FleetError):
    """The place where history lies cannot be reached, or refused what it was asked."""

    exit_code = 5


class NoRoom(FleetError):  # noqa: N818 - the names of errors say what is wrong; "Error" would add nothing
    """The disk has not enough room for a history."""

    exit_code = 3


class HistoryDiffers(FleetError):  # noqa: N818 - as above
    """What was found where history lies differs from what was written, or from the truth."""

    exit_code = 6
