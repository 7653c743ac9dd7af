"""``python -m tests.harness``: try everything, and write down what was tried and what failed."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from evomod.files.provenance import versions
from harness import fuzz, guided, pieces
from harness.pieces import Reached

SIZES = ("small", "medium", "full")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.harness", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="trials whose name holds this")
    parser.add_argument(
        "--state", type=Path, help="folder that keeps what came of each piece: go on from it"
    )
    parser.add_argument("--minutes", type=float, help="begin no piece after so many")
    parser.add_argument("--out", type=Path, help="write the report into this file too")
    given = parser.parse_args()
    chosen = [trial for trial in pieces.trials() if given.only in trial.name]
    state = given.state or Path(tempfile.mkdtemp(prefix="evomod-harness-state-"))
    try:
        pieces.work(chosen, given.size, given.seed, state, given.minutes)
        found = [one for one in pieces.reached(chosen, state) if one.done]
    finally:
        if given.state is None:
            shutil.rmtree(state, ignore_errors=True)
    text = report(found, given.size, given.seed)
    print(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
    return 1 if any(one.result.failures for one in found) else 0


def report(found: list[Reached], size: str, seed: int) -> str:
    """The report as Markdown."""
    known = ", ".join(f"{name} {number}" for name, number in versions().items())
    failed = [(one.trial.name, failure) for one in found for failure in one.result.failures]
    tried = sum(one.result.tried for one in found)
    days = sorted(set().union(*(one.days for one in found)))
    lines = [
        "# Reliability",
        "",
        "What was tried to break evomod, how often, and what failed. Written by",
        "",
        f"    python -m tests.harness --size {size} --seed {seed} --state build/harness --out results/reliability.md",
        "",
        f"on {' to '.join(days[:: max(1, len(days) - 1)])}, {known}, {platform.system()} {platform.machine()}.",
        "The harness works in pieces, and goes on where it was stopped: `share` is how much of the whole was tried, and",
        "`commit` what with. A piece that failed is tried again by a later commit.",
        "",
        f"{tried:,} trials, {len(failed):,} failures.",
        "",
        "| what | share | tried | failed | counted | commit |",
        "|---|---|---|---|---|---|",
        *(one.result.line(f"{one.done} of {one.trial.pieces}", _short(one.commits)) for one in found),
        "",
        "A crash point is every call that changes a file: opening, each write and the half of it, truncation, fsync,",
        "rename, removal. After each the run or the study goes on by the same command and, in a second trial, by",
        "`--resume`, and must end in the same bytes. Hostile files are changed at random, values by nasty values and",
        "bytes by bytes, and must be refused in a message or read, within 10 s and 1 GB; of those that are drawn or",
        f"described, one in {fuzz.DRAWN} is. Guided ones are kept and changed further where they reached code that no other",
        "had reached.",
        "",
    ]
    if not guided.is_there():
        lines += [
            "Nothing was guided by coverage: atheris is not installed (`pip install 'evomod[fuzz]'`).",
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


def _short(commits: set[str]) -> str:
    return ", ".join(sorted(commit[:7] for commit in commits))


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() and letter != "`" else "." for letter in text)[:240]


if __name__ == "__main__":
    sys.exit(main())
