"""The one exception for a user's mistake: its text is the whole message, no traceback wanted."""

from __future__ import annotations


class EvomodError(ValueError):
    """What was expected, what was found, what to do; shown by the command line without a traceback."""


class Interrupted(EvomodError):  # noqa: N818 - a stop is no error
    """The run was stopped by a signal after its state was saved. ``signal_number`` tells by which."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number
