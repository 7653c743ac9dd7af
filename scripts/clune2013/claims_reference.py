"""Whether our retina can be told from the authors' own program, population 100, and our Q from theirs.

Every column and generation that both have is compared: numbers by the rank-sum and the Kolmogorov-Smirnov test,
shares by Fisher's, all p corrected together by Holm. The program's numbers: results/reference/README.md.

    python scripts/clune2013/claims_reference.py     # the table of rules for ties of PAPER.md
"""

from functools import partial

import numpy as np

from evomod import measures
from evomod.effects import delta, unknown
from evomod.errors import EvomodError
from evomod.files.tables import read_rows
from evomod.papers.claim import Measured
from evomod.papers.claims import Custom
from evomod.papers.places import table_of
from evomod.scripts.clune2013 import reference as reference_runs
from evomod.statistics import holm, kolmogorov_smirnov, proportions, rank_sum
from evomod.verdicts import ALPHA, DELTA, Verdict, is_within

PAPER, DECLARED = "clune2013", 50
TABLE, COMMAND = f"../reference/{reference_runs.TABLE}", reference_runs.COMMAND
LABELS = {"pa": "PA", "pcc": "P&CC"}
PROGRAM, NETWORKS = "authors_program.csv", "authors_networks.csv"
LAYERS = (8, 8, 4, 2, 1)


def _rows(path, columns):
    rows = read_rows(path, columns)
    if not rows:
        raise EvomodError(
            f"the table {path} is missing or has no rows; {COMMAND} makes {reference_runs.TABLE}."
        )
    return rows


def comparisons(ours, theirs, kind):
    """A test of every column at every generation that both have: its p and the difference of medians or shares."""
    for generation in sorted({int(row["generation"]) for row in theirs}):
        for column in reference_runs.MEASURED:
            a, b = (_values(rows, kind, generation, column) for rows in (ours, theirs))
            if min(a.size, b.size) == 0:
                continue
            about = {"generation": generation, "column": column}
            if column == "inputs_apart":
                p = proportions(int(a.sum()), a.size, int(b.sum()), b.size).p
                yield {**about, "test": "Fisher's exact", "p": p, "delta": a.mean() - b.mean()}
                continue
            rank = rank_sum(a, b)
            yield {**about, "test": "rank-sum", "p": rank.p, "delta": rank.cliffs_delta}
            p = kolmogorov_smirnov(a, b)
            yield {**about, "test": "Kolmogorov-Smirnov", "p": p, "delta": rank.cliffs_delta}


def _values(rows, kind, generation, column):
    """Numbers ``[run]`` of a column."""
    wanted = (kind, str(generation))
    return np.array([float(r[column]) for r in rows if (r["treatment"], r["generation"]) == wanted])


def indistinguishable(source, kind):
    """Differs where a corrected p is below 0.05; holds where every column's delta is small at the last generation.

    The correction is by Holm over all comparisons of both treatments.
    """
    ours, theirs = _tables(source.what)
    compared = {name: list(comparisons(ours, theirs, name)) for name in LABELS}
    if not compared[kind]:
        raise EvomodError(
            f"{source.what} and {PROGRAM} share no generation of '{kind}'; {COMMAND} makes the rows of {TABLE}."
        )
    found = compared[kind]
    corrected = holm([one["p"] for name in LABELS for one in compared[name]])
    mine = corrected[: len(found)] if kind == "pa" else corrected[-len(found) :]
    counts = [len({r["seed"] for r in rows if r["treatment"] == kind}) for rows in (ours, theirs)]
    last = max(one["generation"] for one in found)
    sizes = [
        delta(*(_values(rows, kind, last, c) for rows in (ours, theirs)))
        for c in reference_runs.MEASURED
    ]
    known = [size for size in sizes if size.is_known]
    widest = max(known, key=lambda size: max(abs(size.low), abs(size.high)), default=unknown("delta"))
    verdict: Verdict = "inconclusive"
    if mine.min() < ALPHA:
        verdict = "differs"
    elif counts[0] >= DECLARED and known and is_within(widest, DELTA):
        verdict = "holds"
    least = min(found, key=lambda one: one["p"])
    test = (
        f"{len(found)} comparisons, smallest p = {least['p']:.2g} ({least['column']}, generation "
        f"{least['generation']}), {mine.min():.2g} by Holm; widest interval of the last generation's columns"
    )
    return Measured(f"n = {counts[0]} and {counts[1]}", widest, test, verdict=verdict)


def _tables(path):
    return _rows(path, reference_runs.COLUMNS), _rows(path.with_name(PROGRAM), reference_runs.COLUMNS)


def same_q(source):
    """Our `clune2013` Q beside the program's."""
    rows = _rows(source.what.with_name(NETWORKS), ("connections", "q_score"))
    gaps = [
        abs(measures.modularity(_simplified(row["connections"])).q - float(row["q_score"]))
        for row in rows
    ]
    found = (
        f"{sum(gap <= 1e-4 for gap in gaps)} of {len(gaps)} agree, largest difference {max(gaps):.1e}"
    )
    verdict: Verdict = "holds" if max(gaps) <= 1e-4 else "differs"
    return Measured(found, unknown("difference"), "every one to 1e-4", verdict=verdict)


def _simplified(connections):
    """Adjacency ``[source, target]`` without what leads to no output, of text such as "0-8:1 8-16:2"."""
    n = sum(LAYERS)
    matrix = np.zeros((n, n))
    for connection in connections.split():
        source, target = connection.partition(":")[0].split("-")
        matrix[int(source), int(target)] = 1.0
    for node in range(n - LAYERS[-1] - 1, -1, -1):  # a layer feeds later nodes only
        if not matrix[node].any():
            matrix[:, node] = 0.0
    return matrix


RULES = {"parents first": ("pa", "pcc-parents"), "at random": ("pa-random", "pcc")}


def rules_as_markdown(path):
    """By the rule for ties: the smallest p of each treatment against the program, and by Holm within these."""
    ours, theirs = (_rows(path.with_name(name), reference_runs.COLUMNS) for name in (path.name, PROGRAM))
    lines = ["| ties | " + " | ".join(LABELS.values()) + " |", "|---|---|---|"]
    for rule, kinds in RULES.items():
        cells = []
        for base, kind in zip(LABELS, kinds, strict=True):
            rows = [{**row, "treatment": base} for row in ours if row["treatment"] == kind]
            found = list(comparisons(rows, theirs, base))
            least = min(found, key=lambda one: one["p"])
            by_holm = min(holm([one["p"] for one in found]))
            cells.append(f"p = {least['p']:.1g}, {by_holm:.1g} by Holm ({least['column']})")
        lines.append(f"| {rule} | {' | '.join(cells)} |")
    return "\n".join(lines)


CLAIMS = [
    *(
        Custom(
            f"{label} of the authors' program, population 100: no difference",
            test=partial(indistinguishable, kind=kind), family="the authors' program", smallest=DELTA, status="ours",
        )
        for kind, label in LABELS.items()
    ),
    Custom(
        "Q of single networks as the authors' program prints it, to 1e-4", test=same_q,
        family="the authors' program", smallest=1e-4, status="ours",
    ),
]  # fmt: skip


if __name__ == "__main__":
    found_at = table_of(PAPER, TABLE)
    print(rules_as_markdown(found_at))
