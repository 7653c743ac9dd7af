"""What Clune, Mouret & Lipson (2013) claim of other costs, other tasks and controls (supplement).

Recalled, not re-read, and less surely than the main results; "ours" is what a control is for, where no number is
known. What is set in steps (how often the cost counts, how many deletions) is one trend. A network without a connection
has no modules, so no Q.
"""

import numpy as np

from evomod.papers.claim import NotRunError, Status, check_births
from evomod.papers.claims import Alike, Larger, Published, Trend
from evomod.scripts.clune2013 import figs4
from evomod.verdicts import BAND, DELTA

STUDY = "study_sweeps.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1000", "evolution.population=500"]}

LABELS = figs4.LABELS
DECLARED = 50
"""Runs of controls.py of each kind."""


def q(study, group):
    """Q of the best of every run; NaN of networks without a connection. Groups of `controls.py` too."""
    if group in figs4.LABELS:
        rows = control(study, group)
        return with_modules(rows["q_score"], rows["connections"])
    return with_modules(study.column("q_score", group), study.column("connections", group))


def control(study, kind):
    """Rows of one kind of controls.py."""
    rows = figs4.controls(study).get(figs4.LABELS[kind])
    if rows is None:
        raise NotRunError("not run: python scripts/clune2013/controls.py")
    for folder in (study.folder, study.folder.parent / "clune2013-controls"):
        if (folder / "controls.csv").exists():
            check_births(folder / "controls.manifest.json")
    return rows


def with_modules(values, connections):
    """Q, NaN without a connection."""
    return np.where(connections > 0, values.astype(float), np.nan)


def runs_of(study, group):
    """Of a control: rows of its table."""
    return (len(control(study, group)["q_score"]), DECLARED) if group in figs4.LABELS else None


COLUMNS = {"q": q}
PA, PCC = "study.toml:pa", "study.toml:pcc"
AGAINST_PA: dict[str, tuple[str, Status, str]] = {
    "pcc-random-coordinates": ("P&CC with random coordinates (p = 1e-9, recalled)", "claim", ""),
    "pcc-connections": ("the number of connections as the cost", "ours", " (our reading)"),
    "pcc-nodes": ("the number of nodes as the cost", "ours", " (our reading)"),
}
SHARES = {
    PA: 0.0,
    "pcc-10": 0.1,
    PCC: 0.25,
    "pcc-50": 0.5,
    "pcc-75": 0.75,
    "pcc-95": 0.95,
    "pcc-100": 1.0,
}
EXCESS = {PA: 0.0, "pa-deletion-2": 0.05, "pa-deletion-1": 0.1, "pa-deletion-3": 0.18}
"""Rate of deletions less that of additions."""
CLAIMS = [
    Published(
        "random coordinates: median Q is 0.35 [0.34, 0.38] (recalled)", column="q", a="pcc-random-coordinates",
        value=0.35, ends=(0.34, 0.38), family="random coordinates, published", smallest=BAND,
        was=("random coordinates: median Q 0.34 to 0.38 (recalled)",), figure="clune2013-figs2",
    ),
    Published(
        "random coordinates: median performance is 1 [0.98, 1] (recalled)", column="best_fitness",
        a="pcc-random-coordinates", value=1.0, ends=(0.98, 1.0), family="random coordinates, published",
        smallest=0.01, was=("random coordinates: median performance 0.98 to 1 (recalled)",), figure="clune2013-figs2",
    ),
    Larger(
        "any four pixels: P&CC has a higher Q than PA (p about 5e-18, recalled)", column="q", a="pcc-any-four",
        b="pa-any-four", family="other tasks", smallest=DELTA, figure="clune2013-figs3",
    ),
    Larger(
        "left OR right: P&CC has a higher Q than PA", column="q", a="pcc-or", b="pa-or", family="other tasks",
        smallest=DELTA, status="ours", was=("left OR right: P&CC has a higher Q than PA (our reading)",),
        figure="clune2013-figs3",
    ),
    Larger(
        "Q is lower than of P&CC: P&CC on any four pixels (p about 0.001, recalled)", column="q", a="pcc-any-four",
        b=PCC, is_less=True, family="other tasks", smallest=DELTA, figure="clune2013-figs3",
    ),
    *(
        Larger(
            f"Q is higher than of PA: {label}", column="q", a=name, b=PA, family="other costs", smallest=DELTA,
            status=status, was=(f"Q is higher than of PA: {label}{then}",), figure="clune2013-figs2",
        )
        for name, (label, status, then) in AGAINST_PA.items()
    ),
    Alike(
        "random coordinates: Q does not differ from P&CC with the grid (recalled)", column="q",
        a="pcc-random-coordinates", b=PCC, family="other costs", smallest=DELTA, figure="clune2013-figs2",
    ),
    Trend(
        "Q rises with the share of comparisons in which the cost counts, from 0 to 1", column="q", doses=SHARES,
        family="trends", smallest=DELTA, status="ours", figure="clune2013-figs1",
        was=tuple(f"Q is higher than of PA: P&CC with p = {p:g} (our reading)" for p in (0.1, 0.5, 0.75, 0.95, 1)),
    ),
    Trend(
        "without a cost, Q rises with the excess of deletions over additions", column="q", doses=EXCESS,
        family="trends", smallest=DELTA, status="ours", figure="clune2013-figs4",
        was=tuple(
            f"Q is lower than of P&CC: PA with more deletions, variant {k} (our reading)" for k in (1, 2, 3)
        ),
    ),
    Trend(
        "Q rises with the share of comparisons in which Q itself is the second objective", column="q",
        doses={PA: 0.0, "q-25": 0.25, "q": 1.0}, family="trends", smallest=DELTA, status="ours",
        was=(
            "Q is higher than of PA: Q as the second objective (our reading)",
            "Q is higher than of PA: Q as the second objective in a quarter of the comparisons (our reading)",
        ),
        figure="clune2013-figs4",
    ),
    Larger(
        "Q is lower than of P&CC: PA with behavioural diversity", column="q", a="pa-diversity", b=PCC, is_less=True,
        family="other second objectives", smallest=DELTA, status="ours",
        was=("Q is lower than of P&CC: PA with behavioural diversity (our reading)",), figure="clune2013-figs4",
    ),
    Larger(
        "Q is lower than of P&CC: a random walk as the second objective", column="q", a="walk", b=PCC, is_less=True,
        family="other second objectives", smallest=DELTA, status="ours",
        was=("Q is lower than of P&CC: a random walk as the second objective (our reading)",),
        figure="clune2013-figs4",
    ),
]  # fmt: skip
