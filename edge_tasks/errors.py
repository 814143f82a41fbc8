"""Everything that can go wrong: one class for each kind of error, with its exit code.

::

    FleetError                    message, hint, exit_code
      SettingsError          2    an option, a file of the platform or a saved value cannot be used
      MissingTool            3    a program, a port or a permission is missing on this machine
      CommandFailed          4    a program that was run has failed
        NoAnswer             4    a service of the fleet did not answer, or refused
          BackendError       4    the backend
            BackendHangs     4    it took a call, and did not answer it in time
          OdooError          4    Odoo
            OdooRefused      4    it answered with a refusal
      RegistrationError      5    the device table cannot be read or written; nothing was committed
        DatabaseRefused      5    PostgreSQL refused the password
        FileRefused          5    the file with the devices cannot be read
      EdgesNotOnline         6    at least one edge is not online
      HistoryError           5    history cannot be reached, or refuses
      NoRoom                 3    a disk has no room for a history
      HistoryDiffers         6    the history has other points than were written
      PlatformLocked         7    another command is working on the same platform
      NotWritable            8    a file or directory cannot be written; what was there before is complete

``plan --check`` ends with 1 when something would change, and so does a fault of ours; Ctrl-C ends with 130.
"""

from __future__ import annotations

from typing import ClassVar


class FleetError(Exception):
    """A failure that the user can do something about.

    Attributes:
        message: what happened, and to which thing; one or a few lines, without secrets.
        hint: what to type or change next; empty if the message says everything.
        exit_code: the exit status of the command that fails with it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(FleetError):
    """An option, a file of the platform or a saved value cannot be used."""

    exit_code = 2


class MissingTool(FleetError):  # noqa: N818 - the tree's names say what is wrong; "Error" would add nothing
    """A program, a port or a permission is missing on this machine."""

    exit_code = 3


class CommandFailed(FleetError):  # noqa: N818 - as above
    """A program that was run has failed."""

    exit_code = 4


class NoAnswer(CommandFailed):
    """A service of the fleet did not answer, or refused the call."""

    def __init__(self, message: str, *, hint: str = "inv up") -> None:
        super().__init__(message, hint=hint)


class BackendError(NoAnswer):
    """The backend did not answer, or refused the call.

    Attributes:
        code: the HTTP status; 0 if there was no answer.
    """

    def __init__(self, message: str, *, hint: str = "inv up", code: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class BackendHangs(BackendError):  # noqa: N818 - as above
    """The backend took a call and did not answer it in time."""


class OdooError(NoAnswer):
    """Odoo did not answer, or refused the call."""


class OdooRefused(OdooError):  # noqa: N818 - as above
    """Odoo refused the call: the user's password, or the user."""


class RegistrationError(FleetError):
    """The device table cannot be read or written; nothing was committed."""

    exit_code = 5


class DatabaseRefused(RegistrationError):  # noqa: N818 - as above
    """PostgreSQL refused the user or the password."""


class FileRefused(RegistrationError):  # noqa: N818 - as above
    """The file with the devices cannot be read, or not as OpenEMS reads it."""


class EdgesNotOnline(FleetError):  # noqa: N818 - as above
    """At least one edge is not online."""

    exit_code = 6


class PlatformLocked(FleetError):  # noqa: N818 - as above
    """Another command is working on the same platform."""

    exit_code = 7


class NotWritable(FleetError):  # noqa: N818 - as above
    """A file or directory cannot be written; what was there before is complete."""

    exit_code = 8
