"""What Clune, Mouret & Lipson (2013) claim of other costs, other tasks and controls (supplement).

Recalled, not re-read, and less surely than the main results; "our reading" is what a control is for, where no
number is known.
"""

from pathlib import Path

from evomod.claims import alike, larger, not_run, published
from evomod.papers import companion

PAPER, N = "clune2013", 50
STUDY = "study_sweeps.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1000", "evolution.population=500"]}

WITHIN = {  # higher Q, lower Q, both of this study
    "any four pixels: P&CC has a higher Q than PA (p about 5e-18, recalled)": ("pcc-any-four", "pa-any-four"),
    "left OR right: P&CC has a higher Q than PA (our reading)": ("pcc-or", "pa-or"),
}  # fmt: skip
AGAINST_PA = {
    f"Q is higher than of PA: {label}": name
    for name, label in {
        "pcc-random-coordinates": "P&CC with random coordinates (p = 1e-9, recalled)",
        "pcc-connections": "the number of connections as the cost (our reading)",
        "pcc-nodes": "the number of nodes as the cost (our reading)",
        **{f"pcc-{p}": f"P&CC with p = {p / 100:g} (our reading)" for p in (10, 50, 75, 95, 100)},
    }.items()
}
BELOW_PCC = {
    f"Q is lower than of P&CC: {label}": name
    for name, label in {
        "pcc-any-four": "P&CC on any four pixels (p about 0.001, recalled)",
        "pa-diversity": "PA with behavioural diversity (our reading)",
        **{f"pa-deletion-{k}": f"PA with more deletions, variant {k} (our reading)" for k in (1, 2, 3)},
    }.items()
}
SAME = "random coordinates: Q does not differ from P&CC with the grid (recalled)"
MEDIANS = {
    "random coordinates: median Q 0.34 to 0.38 (recalled)": ("q_score", (0.34, 0.38)),
    "random coordinates: median performance 0.98 to 1 (recalled)": ("best_fitness", (0.98, 1.0)),
}
CLAIMS = [*WITHIN, *MEDIANS, *AGAINST_PA, *BELOW_PCC, SAME]


def claims(study):
    """Those within this study, then those against PA and P&CC of study.toml, if run at the same size."""

    def q(treatment):
        return study.column("q_score", treatment)

    found = [
        larger(PAPER, text, q(more), q(less), (study.labels[more], study.labels[less]), N)
        for text, (more, less) in WITHIN.items()
    ]
    for text, (column, interval) in MEDIANS.items():
        values = study.column(column, "pcc-random-coordinates")
        found.append(published(PAPER, text, values, interval, N))
    static = companion(study, Path(__file__), "study.toml")
    if static is None:
        texts = (*AGAINST_PA, *BELOW_PCC, SAME)
        return found + [not_run(PAPER, text, "not run at this size: study.toml") for text in texts]
    pa, pcc = (static.column("q_score", name) for name in ("pa", "pcc"))
    for text, name in AGAINST_PA.items():
        found.append(larger(PAPER, text, q(name), pa, (study.labels[name], "PA"), N))
    for text, name in BELOW_PCC.items():
        found.append(larger(PAPER, text, pcc, q(name), ("P&CC", study.labels[name]), N))
    grid = ("P&CC, random coordinates", "P&CC")
    return [*found, alike(PAPER, SAME, q("pcc-random-coordinates"), pcc, grid, N)]
