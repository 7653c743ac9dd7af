"""How much a command says: ``--quiet`` and ``--verbose``, which every command has."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Any, cast

WRITES = (
    "evolve",
    "export",
    "figure",
    "movie",
    "new-pressure",
    "new-task",
    "plot",
    "report",
    "study",
    "train",
    "warmup",
)
"""Commands whose result is files; of the others it is what they print."""

EVERY = 10.0
"""Seconds from one line of progress to the next where no terminal shows a bar."""


def add_saying(command: argparse.ArgumentParser) -> None:
    """The two options."""
    how = command.add_mutually_exclusive_group()
    how.add_argument("--quiet", action="store_true", help="errors alone: no progress, no summary")
    how.add_argument(
        "--verbose",
        action="store_true",
        help="progress in lines where no terminal shows it, and time and memory at the end",
    )


@contextmanager
def saying(given: argparse.Namespace) -> Iterator[None]:
    """Standard output and error as the options want them."""
    with ExitStack() as stack:
        if given.quiet:
            stack.enter_context(redirect_stderr(cast(Any, Notices(sys.stderr))))
            is_result = given.command not in WRITES or getattr(given, "show_config", False)
            if not is_result:
                stack.enter_context(redirect_stdout(stack.enter_context(open(os.devnull, "w"))))
        if given.verbose and not sys.stderr.isatty():
            stack.enter_context(redirect_stderr(cast(Any, Lines(sys.stderr))))
        begun = (time.monotonic(), time.process_time())
        yield
        if given.verbose:
            print(_costs(*begun), file=sys.stderr)


class Notices:
    """A stream that passes on evomod's own messages, and no progress; it is no terminal, so nobody draws bars on it."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.passes = stream, False

    def write(self, text: str) -> int:
        """A message may come in parts: its text, then the end of the line."""
        for line in text.splitlines(keepends=True):
            self.passes = self.passes or line.startswith("evomod:")
            if self.passes:
                self.stream.write(line)
            self.passes = self.passes and not line.endswith("\n")
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def isatty(self) -> bool:
        return False


class Lines:
    """A stream on which bars are drawn as on a terminal, and come out as a line every few seconds."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.last = stream, time.monotonic()

    def write(self, text: str) -> int:
        """What begins with a return is a bar's; of an erased one only blanks are left."""
        if not text.startswith("\r"):
            self.stream.write(text)
        elif text.strip() and time.monotonic() - self.last >= EVERY:
            self.last = time.monotonic()
            self.stream.write(text.strip() + "\n")
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def isatty(self) -> bool:
        return True


def _costs(begun: float, spent: float) -> str:
    """Time and memory of the command, its workers' too where the system tells."""
    seconds, processor = time.monotonic() - begun, time.process_time() - spent
    text = f"evomod: {seconds:.1f} s, of this process {processor:.1f} s of processor time"
    try:
        import resource
    except ImportError:  # Windows
        return f"{text}."
    own, workers = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    scale = 1e6 if sys.platform == "darwin" else 1e3
    text += f" and at most {own.ru_maxrss / scale:,.0f} MB"
    if workers.ru_utime + workers.ru_stime >= 0.5:  # shorter ones only asked the system something
        text += f"; its workers {workers.ru_utime + workers.ru_stime:.1f} s and at most {workers.ru_maxrss / scale:,.0f} MB each"
    return f"{text}."
