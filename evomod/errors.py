"""The one exception for a user's mistake: its text is the whole message, no traceback wanted."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

MOST_LETTERS = 60
"""Of a value in a message."""
MOST_MESSAGE = 2500
LONG_WORD = re.compile(r"(\S{300})\S{300,}")


class EvomodError(ValueError):
    """What was expected, what was found, what to do; shown by the command line without a traceback.

    What a file holds may be part of it, and be of any length: the message stays short.

    >>> len(str(EvomodError("there is no node " + "a" * 10**6))), len(str(EvomodError("no " * 10**6)))
    (320, 2503)
    """

    def __str__(self) -> str:
        text = LONG_WORD.sub(r"\1...", super().__str__())
        return text if len(text) <= MOST_MESSAGE else f"{text[:MOST_MESSAGE]}..."


class Interrupted(EvomodError):  # noqa: N818 - a stop is no error
    """The run was stopped by a signal after its state was saved. ``signal_number`` tells by which."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number


def shown(value: Any) -> str:
    """A value as a message shows it: short, whatever it is.

    >>> shown("a" * 100), shown((1, 2)), shown(10**5000)
    ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...", '[1, 2]', 'a number of many digits')
    """
    if isinstance(value, str | bytes) and len(value) > MOST_LETTERS:
        value = value[:MOST_LETTERS]
    try:
        text = repr(list(value)) if isinstance(value, tuple) else repr(value)
    except ValueError:  # a whole number that is too long to be written
        return "a number of many digits"
    except RecursionError:
        return "something nested"
    return text if len(text) < MOST_LETTERS else text[: MOST_LETTERS - 3] + "..."


def shortened(name: object, most: int = 200) -> str:
    """A name or path as a message shows it.

    >>> shortened("runs/a"), len(shortened("a" * 5000))
    ('runs/a', 203)
    """
    text = str(name)
    return text if len(text) <= most else f"{text[:most]}..."


def nearest(name: object, known: Iterable[object]) -> str:
    """The known name that a misspelt one may stand for, as a question in a message; nothing if none is near.

    >>> nearest("evovle", ["evolve", "study"]), nearest("xyz", ["evolve"])
    ("did you mean 'evolve'? ", '')
    """
    close = difflib.get_close_matches(str(name), [str(one) for one in known], 1)
    return f"did you mean '{close[0]}'? " if close else ""
