"""Whether our retina can be told from the authors' own program, population 100, and our Q from theirs.

Every column and generation that both have is compared: numbers by the rank-sum and the Kolmogorov-Smirnov test,
shares by Fisher's, all p corrected together by Holm. The program's numbers: results/reference/README.md.

    python scripts/clune2013/claims_reference.py     # the two tables of PAPER.md
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from evomod import measures
from evomod.errors import EvomodError
from evomod.papers.claims import LEVEL, Claim, as_markdown
from evomod.papers.scripts import load_script, table_of
from evomod.statistics import holm, kolmogorov_smirnov, proportions, rank_sum
from evomod.studies.row_tables import read_rows

OURS = load_script(Path(__file__).with_name("reference.py"))
PAPER, N = "clune2013", 50
TABLE, COMMAND = f"../reference/{OURS.TABLE}", OURS.COMMAND
LABELS = {"pa": "PA", "pcc": "P&CC"}
PROGRAM, NETWORKS = "authors_program.csv", "authors_networks.csv"
LAYERS = (8, 8, 4, 2, 1)
CLAIMS = [
    *(f"{label} of the authors' program, population 100: no difference" for label in LABELS.values()),
    "Q of single networks as the authors' program prints it, to 1e-4",
]


def claims(path):
    """The three claims, from our table and the program's beside it."""
    ours = _rows(path, OURS.COLUMNS)
    theirs = _rows(path.with_name(PROGRAM), OURS.COLUMNS)
    compared = {kind: list(comparisons(ours, theirs, kind)) for kind in LABELS}
    for kind, found in compared.items():
        if not found:
            raise EvomodError(
                f"{path} and {PROGRAM} share no generation of '{kind}'; {COMMAND} makes the rows of {path.name}."
            )
    corrected = iter(holm([found["p"] for kind in LABELS for found in compared[kind]]))
    verdicts = [
        _indistinguishable(
            text, compared[kind], [next(corrected) for _ in compared[kind]], ours, theirs, kind
        )
        for text, kind in zip(CLAIMS, LABELS, strict=False)
    ]
    return [*verdicts, _same_q(CLAIMS[-1], path.with_name(NETWORKS))]


def _rows(path, columns):
    rows = read_rows(path, columns)
    if not rows:
        raise EvomodError(f"the table {path} is missing or has no rows; {COMMAND} makes {OURS.TABLE}.")
    return rows


def comparisons(ours, theirs, kind):
    """A test of every column at every generation that both have: its p and the difference of medians or shares."""
    for generation in sorted({int(row["generation"]) for row in theirs}):
        for column in OURS.MEASURED:
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


def _indistinguishable(text, found, corrected, ours, theirs, kind):
    """Holds where no corrected p is below 0.05, with as many runs as are wanted here."""
    n, n_theirs = (len({r["seed"] for r in rows if r["treatment"] == kind}) for rows in (ours, theirs))
    least = min(found, key=lambda one: one["p"])
    most = max(found, key=lambda one: abs(one["delta"]))
    verdict = "fails" if min(corrected) < LEVEL else "holds" if n >= N else "cannot tell"
    largest = f"largest difference: {most['column']} at generation {most['generation']}, delta {most['delta']:+.2f}"
    test = (
        f"{len(found)} comparisons; smallest p = {least['p']:.2g} ({least['test']}, {least['column']}, "
        f"generation {least['generation']}), {min(corrected):.2g} by Holm"
    )
    return Claim(PAPER, text, f"n = {n} and {n_theirs}; {largest}", test, verdict)


def _same_q(text, path):
    """Our `clune2013` Q beside the program's."""
    rows = _rows(path, ("connections", "q_score"))
    gaps = [
        abs(measures.modularity(_simplified(row["connections"])).q - float(row["q_score"]))
        for row in rows
    ]
    found = (
        f"{sum(gap <= 1e-4 for gap in gaps)} of {len(gaps)} agree, largest difference {max(gaps):.1e}"
    )
    return Claim(PAPER, text, found, "every one to 1e-4", "holds" if max(gaps) <= 1e-4 else "fails")


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
    ours, theirs = (_rows(path.with_name(name), OURS.COLUMNS) for name in (path.name, PROGRAM))
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


if __name__ == "__main__":
    found_at = table_of(PAPER, SimpleNamespace(TABLE=TABLE))
    print(rules_as_markdown(found_at), as_markdown(claims(found_at)), sep="\n\n")
