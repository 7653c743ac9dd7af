"""``evomod report``: one HTML file about a run or a study."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from evomod.errors import EvomodError, shortened


def add(commands: Any) -> None:
    """Put the command into the command line."""
    report = commands.add_parser(
        "report",
        help="write one HTML page about a run or a study, to be looked at and shared",
        description="Write one self-contained HTML file about a run or a study: numbers, curves, networks to look into, "
        "provenance. It opens from disk and loads nothing from anywhere.",
    )
    report.add_argument("folder", metavar="FOLDER", help="a run's or a study's folder")
    report.add_argument(
        "--out",
        metavar="HTML",
        help="default: report.html in the folder; a file that exists is replaced",
    )
    report.add_argument(
        "--trust",
        action="store_true",
        help="of a run: execute the folder's Python files, though evomod does not know them, to show its networks "
        "through the generations",
    )
    report.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Write the page, and say where."""
    from evomod.report.folders import report_html

    folder = Path(given.folder)
    out = folder / "report.html" if given.out is None else Path(given.out)
    if out.is_dir():
        raise EvomodError(f"{shortened(out)} is a folder; --out expects a file such as report.html.")
    if given.out is not None and not out.parent.is_dir():
        raise EvomodError(f"{shortened(out)} cannot be written: there is no folder {out.parent}.")
    text = report_html(folder, trust=given.trust)
    from evomod.files.disk import write_whole

    content = text.encode(errors="replace")  # a folder's name may be any bytes
    write_whole(out, content)
    print(f"{out}: {len(content) / 1e6:.1f} MB, opens in any browser")
    return 0
