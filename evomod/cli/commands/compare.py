"""``evomod compare``: runs or treatments beside each other."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Put the command into the command line."""
    compare = commands.add_parser(
        "compare",
        help="runs, studies or a study's treatments beside each other: medians, effect sizes, tests",
        description="Compare the treatments of a study, or several runs or studies: medians with bootstrapped 95 % "
        "intervals, Cliff's delta with its interval, the rank-sum test. The first one is what the others are compared with.",
    )
    compare.add_argument(
        "folders", nargs="+", metavar="FOLDER", help="a study; or several runs or studies"
    )
    compare.add_argument("--by", metavar="COLUMN", help="of a study: what makes its groups (treatment)")
    compare.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME",
        help="of summary.csv; may be given several times (q_score, best_fitness, connection_cost)",
    )
    compare.add_argument(
        "--picture", metavar="FILE", help="draw every run and the medians: .png, .svg, .pdf, …"
    )
    compare.add_argument("--json", action="store_true", help="print JSON")
    compare.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Print the comparison, and draw it where that is asked for."""
    from evomod.cli.actions import strict_json
    from evomod.plots.pictures import check_format
    from evomod.report.comparing import as_data, columns_in, compare, draw, groups_of, told

    if given.picture:
        check_format(given.picture)  # before anything is computed
    groups = groups_of(given.folders, given.by)
    columns = columns_in(groups, given.column)
    found = compare(groups, columns)
    print(strict_json(as_data(found)) if given.json else told(found))
    if given.picture:
        print(f"picture: {draw(groups, columns, given.picture)}")
    return 0
