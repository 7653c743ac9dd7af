"""``evomod lab``: a page on this machine that follows a run or a study."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Put the command into the command line."""
    lab = commands.add_parser(
        "lab",
        help="follow a running run or study in the browser: curves, network, slider",
        description="Serve the report of a run or a study on this machine alone, and renew it while files grow. It reads, and "
        "changes nothing but what `evomod study` keeps of runs that have ended. Ctrl-C ends it.",
    )
    lab.add_argument("folder", metavar="FOLDER", help="a run's or a study's folder")
    lab.add_argument(
        "--port", type=int, default=0, metavar="N", help="of 127.0.0.1 (default: any that is free)"
    )
    lab.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from evomod.report.lab import Lab

    with Lab(given.folder, given.port) as lab:
        print(f"{lab.address}\nopen it in a browser of this machine; Ctrl-C ends it.", flush=True)
        lab.serve_forever()
    return 0
