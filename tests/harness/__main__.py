"""``python -m tests.harness``: try everything, and write down what was tried and what failed.

Goes on from what is written down in ``results/reliability.json``, adds every piece to it, and makes the report
``results/reliability.md`` of it. What stands there under "By hand" stays.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from evomod.files.disk import write_whole
from harness import fuzz, pieces
from harness.pieces import Trial
from harness.state import DEFAULT, Reached, State

SIZES = ("small", "medium", "full")
BY_HAND = "## By hand\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.harness", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--only", default="", help="trials whose name holds this")
    parser.add_argument("--minutes", type=float, help="begin no piece after so many")
    parser.add_argument(
        "--state",
        type=Path,
        default=DEFAULT,
        help="another file to go on from; the report lies beside it",
    )
    given = parser.parse_args()
    chosen = [trial for trial in pieces.trials() if given.only in trial.name]
    state, path = State(given.state), given.state.with_suffix(".md")
    try:
        pieces.work(chosen, given.size, state, given.minutes)
    finally:
        text = report(pieces.trials(), state)
        write_whole(path, (text + by_hand(path)).encode())
        state.close()
    print(text)
    return 1 if any(one.failed for one in state.reached(trial.name for trial in chosen).values()) else 0


def by_hand(path: Path) -> str:
    """What a report has under the headline "By hand", which is kept by hand."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return "".join(text.partition(f"\n{BY_HAND}")[1:])


def report(trials: list[Trial], state: State) -> str:
    """The report as Markdown, of all that was ever tried."""
    reached = state.reached(trial.name for trial in trials)
    found = [(trial, one) for trial in trials if (one := reached[trial.name]).pieces]
    failed = [(trial.name, failure) for trial, one in found for failure in one.whole().failures]
    tried = sum(one.whole().tried for _, one in found)
    days = sorted(set().union(*(_days(one) for _, one in found)))
    lines = [
        "# Reliability",
        "",
        "What was tried to break evomod, how often, and what failed. Written by",
        "",
        "    python -m tests.harness --size full",
        "",
        f"on {' to '.join(days[:: max(1, len(days) - 1)])}, with",
        "",
        *(f"* {one}" for one in state.surroundings()),
        "",
        "The harness works in pieces, and goes on from results/reliability.json, where what came of them is kept:",
        "`share` is how much of the whole was tried, and `commit` what with. A piece that failed is tried again by a",
        "later commit.",
        "",
        f"{tried:,} trials, {len(failed):,} failures.",
        "",
        "| what | share | tried | failed | counted | commit |",
        "|---|---|---|---|---|---|",
        *(
            one.whole().line(f"{one.pieces} of {trial.pieces}", ", ".join(_commits(one)))
            for trial, one in found
        ),
        "",
        "A crash point is every call that changes a file: opening, each write and the half of it, truncation, fsync,",
        "rename, removal. After each the run or the study goes on by the same command and, in a second trial, by",
        "`--resume`, and must end in the same bytes. Hostile files are changed at random, values by nasty values and",
        "bytes by bytes, and must be refused in a message or read, within 10 s and 1 GB; of those that are drawn or",
        f"described, one in {fuzz.DRAWN} is. Guided ones (by atheris, where it is installed) are kept and changed further where",
        "they reached code that no other had reached.",
        "",
    ]
    if failed:
        lines += [
            "## Failures",
            "",
            *(f"* {name}: `{_printable(failure)}`" for name, failure in failed[:100]),
            "",
        ]
    return "\n".join(lines)


def _days(one: Reached) -> set[str]:
    return one.days | {str(kept["day"]) for kept in one.failed.values()}


def _commits(one: Reached) -> list[str]:
    return sorted(one.commits | {str(kept["commit"]) for kept in one.failed.values()})


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() and letter != "`" else "." for letter in text)[:240]


if __name__ == "__main__":
    sys.exit(main())
