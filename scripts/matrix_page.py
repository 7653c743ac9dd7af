"""Write docs/matrix.md: every cause of modularity, and in how many data sets it raises or lowers which measure.

    python scripts/matrix_page.py

Of the table that `scripts/causes/matrix.py` makes; `collect.py` writes it too.
"""

import json
from pathlib import Path

from evomod.files.tables import read_rows
from evomod.scripts.causes import matrix

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results" / "causes" / "causes-all"
TABLE, PAGE = ROOT / "results" / "causes" / matrix.TABLE, ROOT / "docs" / "matrix.md"
TASKS = 2
"""Of so many tasks, from which on the page says in words what a cause does."""

BEGINNING = """# Every cause of modularity, in one table

Some twenty causes of modularity have been published or claimed, each with a program, a task and a measure of its own. This is what
they do in the data sets of evomod that have a pair of groups which differ in the cause alone.

![A panel a measure, a line a data set below its cause: effects on Q, on Q relative to two nulls, on cuts of weights, on functional Q, subgoals and adaptation](../results/causes/matrix.png)

An effect is Cliff's delta of networks with the cause over networks without it. A cell says in how
many data sets its 95 % interval lies above 0 (+) and below 0 (−), of all that have the measure. Intervals are of each effect alone, not
corrected for their number, and data sets of one task are no independent witnesses: this is a map. The verdicts, with their rule, are in
[results.md](results.md).

"""
END = """
* **Q** rises with whatever makes networks sparse, so read it beside the **z**: standard deviations above random graphs of the same degrees,
  or of the same degrees in every layer. Of networks whose weights are all there (digits, clothes) a **cut** of the weights stands in its
  place, larger for the more modular network, and its z among shuffles of the weights: another null, which need not agree with the first.
* **Functional Q** groups hidden neurons by the inputs that they respond to ([functional modularity](functional_modularity.md)).
  **Subgoals told** is on how many patterns the best neuron tells a subgoal. **Adapts sooner**: to a related goal that was never trained.
* Of several strengths that stands here which the study's claims are about; of responses of digits the middle one. A number that fewer than
  four networks in five have, or fewer than five, is left out. Strengths of costs of different kinds cannot be matched: the page of
  [recurrent networks](papers/achterberg2023.md) compares pairs of equal sums of weights.
* Left out: tables that version 0.1 made; Clune et al. 2013 as their program has it, where ties are broken in another way with the cost;
  AFPO, which is another method; pruned networks of Filan et al., which are trained for longer; Kashtan et al. 2007, whose goals are its question.
* "Common" are the data sets of one experiment with all causes on three tasks, `evomod study scripts/causes/all.toml`{done}.

`python scripts/causes/matrix.py --summary` prints every effect with its interval and n; `results/causes/matrix.csv` says which tables and
groups it compares.
"""


def page(effects, tasks):
    """The whole page."""
    lines = [
        f"| cause | data sets (tasks) | {' | '.join(matrix.MEASURES.values())} |",
        f"|---|---|{'---|' * len(matrix.MEASURES)}",
    ]
    for cause, label in matrix.CAUSES.items():
        mine = {key: value for key, value in effects.items() if key[1] == cause}
        if mine:
            cells = [
                counted([value for key, value in mine.items() if key[2] == name])
                for name in matrix.MEASURES
            ]
            lines.append(f"| {label} | {number_of(mine, tasks)} | {' | '.join(cells)} |")
    done = of_common(json.loads((RESULTS / "manifest.json").read_text(encoding="utf-8"))["tasks"])
    return BEGINNING + "\n".join(lines) + "\n\n" + in_short(effects, tasks) + END.replace("{done}", done)


def of_common(treatments):
    """How far the common experiment is: of its treatments those that have runs."""
    there = {row["treatment"] for row in read_rows(RESULTS / "summary.csv", ("treatment",))}
    if len(there) == len(treatments):
        return ""
    return f", of which {len(there)} treatments of {len(treatments)} have been run; the others appear when they have"


def number_of(mine, tasks):
    """Of data sets, and of their tasks."""
    data_sets = {key[0] for key in mine}
    return f"{len(data_sets)} ({len({tasks[name] for name in data_sets})})"


def counted(found):
    """In how many data sets an effect lies above 0 and below it.

    >>> counted([(0.5, 0.2, 0.8, 50, 50), (0.1, -0.2, 0.4, 50, 50), (-0.5, -0.7, -0.1, 20, 20)])
    '+1 −1 of 3'
    """
    if not found:
        return ""
    above = sum(low > 0.0 for _, low, *_ in found)
    below = sum(high < 0.0 for _, _, high, *_ in found)
    told = [f"+{above}"] * (above > 0) + [f"−{below}"] * (below > 0) or ["0"]
    return f"{' '.join(told)} of {len(found)}"


def in_short(effects, tasks):
    """Which causes that were tried in enough tasks mostly raise Q, and which mostly raise it relative to graphs of the same degrees."""
    by_q, by_degrees = (
        [
            label
            for cause, label in matrix.CAUSES.items()
            if mostly_raises(cause, measure, effects, tasks)
        ]
        for measure in ("q", "degrees")
    )
    return (
        f"Of causes whose Q was measured in two tasks or more, these raise Q in most data sets and lower it in none: {', '.join(by_q) or 'none'}. "
        f"Relative to graphs of the same degrees so do: {', '.join(by_degrees) or 'none'}.\n"
    )


def mostly_raises(cause, measure, effects, tasks):
    """Whether intervals of a measure lie above 0 in more than half of the data sets, of `TASKS` tasks or more, and below in none."""
    mine = {key: value for key, value in effects.items() if key[1:] == (cause, measure)}
    if len({tasks[name] for name, *_ in mine}) < TASKS:
        return False
    above = sum(low > 0.0 for _, low, *_ in mine.values())
    return 2 * above > len(mine) and all(high >= 0.0 for _, _, high, *_ in mine.values())


def write():
    """Write the page."""
    PAGE.write_text(page(*matrix.read(TABLE)), encoding="utf-8")


if __name__ == "__main__":
    write()
    print(PAGE)
