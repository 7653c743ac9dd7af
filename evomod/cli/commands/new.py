"""``evomod new-task`` and ``evomod new-pressure``: files of one's own to begin with."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Put both commands into the command line."""
    task = commands.add_parser(
        "new-task",
        help="write a commented task of your own that runs as it is, and its test",
        description="Write tasks/NAME.py, a commented task that runs as it is, and tests/test_NAME.py.",
    )
    task.add_argument(
        "name", metavar="NAME", help="small letters, digits and hyphens, such as two-pairs"
    )
    task.set_defaults(act=act_task)
    pressure = commands.add_parser(
        "new-pressure",
        help="write a commented pressure of your own that runs as it is, and its test",
        description="Write NAME.py, a commented pressure that runs as it is, and tests/test_NAME.py.",
    )
    pressure.add_argument(
        "name", metavar="NAME", help="small letters, digits and hyphens, such as fan-in"
    )
    pressure.set_defaults(act=act_pressure)


def act_task(given: argparse.Namespace) -> int:
    """Write a task and its test."""
    from evomod.cli.beginnings import names_of, new_task

    task, test = new_task(given.name)
    return _said(
        task, test, f"evomod evolve {names_of(given.name)[0]} --seed 1 --set evolution.generations=500"
    )


def act_pressure(given: argparse.Namespace) -> int:
    """Write a pressure and its test."""
    from evomod.cli.beginnings import new_pressure

    pressure, test = new_pressure(given.name)
    return _said(
        pressure,
        test,
        f"evomod evolve retina --pressure ./{pressure} --seed 1 --set evolution.generations=500",
    )


def _said(path: Any, test: Any, command: str) -> int:
    print(f"{path}\n{test}\nrun it    {command}\ntest it   pytest {test}")
    return 0
