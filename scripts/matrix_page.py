"""Write docs/matrix.md: every cause of modularity, and in how many systems it raises or lowers which measure.

    python scripts/matrix_page.py

Of the table that `scripts/causes/matrix.py` makes; `collect.py` writes it too.
"""

from pathlib import Path

from evomod.scripts.causes import matrix

ROOT = Path(__file__).parent.parent
TABLE, PAGE = ROOT / "results" / "causes" / matrix.TABLE, ROOT / "docs" / "matrix.md"

ENOUGH = 3
"""Systems, from which on the page says in words what a cause does."""

BEGINNING = """# Every cause of modularity, in one table

Some twenty causes of modularity have been published or claimed, each with a program, a task and a measure of its own. This is what
they do in all systems in which evomod has tried them: evolved networks of the retina, of XORs and of NANDs, gene networks, and networks
trained by gradient.

![A row a cause, a panel a system: effects on Q, on Q relative to two nulls, on functional Q and on subgoals](../results/causes/matrix.png)

An effect is Cliff's delta of networks with the cause over networks without it, all else being the same in that system. A cell says in how
many systems its 95 % interval lies above 0 (+) and below 0 (−), of all in which the measure was taken. Intervals are of each effect alone,
not corrected for their number: this is a map. The verdicts, with their rule, are in [results.md](results.md).

"""
END = """
* **Q** alone rises with whatever makes networks sparse, so read it beside the **z**: standard deviations above random graphs of the
  same degrees, or for trained networks above shuffles of their weights (there Q is how good the best cut is); the second z is among graphs of
  the same degrees in every layer. Recurrent networks are counted only if they can do their task.
* **Functional Q** groups hidden neurons by the inputs that they respond to ([functional modularity](functional_modularity.md)).
  **Subgoals told** is on how many patterns the best neuron tells a subgoal, mean over subgoals. Both are asked of networks whose neurons
  have layers and whose task has subgoals. **Adapts sooner**: to a related goal that was never trained.
* Where several strengths were tried, the middle one stands here; of pruning the paper's, 0.9. In gene networks the
  second objective is the cost of connections or, without it, age.
* "Common" are the panels of one experiment with all causes on three tasks, `evomod study scripts/causes/all.toml`, some 1,350 runs; they
  appear when it has run.

`python scripts/causes/matrix.py --summary` prints every effect with its interval and n; `results/causes/matrix.csv` says which tables and
treatments it compares.
"""


def page(effects):
    """The whole page."""
    lines = [
        f"| cause | systems | {' | '.join(matrix.MEASURES.values())} |",
        f"|---|---|{'---|' * len(matrix.MEASURES)}",
    ]
    for cause, label in matrix.CAUSES.items():
        mine = {key: value for key, value in effects.items() if key[1] == cause}
        if mine:
            cells = [
                counted([value for key, value in mine.items() if key[2] == measure])
                for measure in matrix.MEASURES
            ]
            lines.append(f"| {label} | {len({key[0] for key in mine})} | {' | '.join(cells)} |")
    return BEGINNING + "\n".join(lines) + "\n\n" + in_short(effects) + END


def in_short(effects):
    """Which causes that were tried in enough systems lie above 0 wherever and however they were measured, and which only in Q."""
    always, only_q = [], []
    for cause, label in matrix.CAUSES.items():
        mine = {key: value for key, value in effects.items() if key[1] == cause}
        systems, of_q = (
            {key[0] for key in mine},
            [v[1] > 0.0 for key, v in mine.items() if key[2] == "q"],
        )
        if len(systems) >= ENOUGH:
            is_above = [value[1] > 0.0 for value in mine.values()]
            if all(is_above):
                always.append(f"{label} ({len(systems)} systems)")
            elif all(of_q):
                only_q.append(f"{label} ({len(systems)})")
    told = [
        ("in every system and by every measure that was taken", always),
        ("in Q in every system, but not in every other measure", only_q),
    ]
    parts = [f"{where}: {', '.join(names) or 'none'}" for where, names in told]
    return f"Of causes tried in {ENOUGH} systems or more the interval lies above 0 {'; '.join(parts)}.\n"


def counted(found):
    """In how many systems an effect lies above 0 and below it.

    >>> counted([(0.5, 0.2, 0.8, 50, 50), (0.1, -0.2, 0.4, 50, 50), (-0.5, -0.7, -0.1, 20, 20)])
    '+1 −1 of 3'
    """
    if not found:
        return ""
    above, below = sum(low > 0.0 for _, low, *_ in found), sum(high < 0.0 for _, _, high, *_ in found)
    told = [f"+{above}"] * (above > 0) + [f"−{below}"] * (below > 0) or ["0"]
    return f"{' '.join(told)} of {len(found)}"


def write():
    """Write the page."""
    PAGE.write_text(page(matrix.read(TABLE)), encoding="utf-8")


if __name__ == "__main__":
    write()
    print(PAGE)
