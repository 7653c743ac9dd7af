"""``evomod doctor``: what is installed, compiled and found here."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Put the command into the command line."""
    doctor = commands.add_parser(
        "doctor",
        help="versions, cores, caches, and what is missing for which extra",
        description="Say what is installed, compiled and found on this machine. Exit code 1 if something is missing that "
        "evomod requires.",
    )
    doctor.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Print what was found."""
    from evomod.cli.doctor import findings, told

    found = list(findings())
    print(told(found))
    return int(any(one.advice and one.is_needed for one in found))
