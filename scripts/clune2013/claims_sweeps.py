"""What Clune, Mouret & Lipson (2013) claim of other costs, other tasks and controls (supplement).

Recalled, not re-read, and less surely than the main results; "our reading" is what a control is for, where no
number is known. All tests of Q here are one family, so their p values are corrected by Holm's method. A network without
a connection has no modules, so no Q.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claims import alike, interval_of, larger, not_run, published
from evomod.papers.scripts import companion, load_script
from evomod.statistics import holm, rank_sum

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
CONTROLS = load_script(Path(__file__).with_name("figs4.py"))
HIGHER_BY_Q = {
    f"Q is higher than of PA: {label} (our reading)": name
    for name, label in {
        "q": "Q as the second objective",
        "q-25": "Q as the second objective in a quarter of the comparisons",
    }.items()
}
WALK = "Q is lower than of P&CC: a random walk as the second objective (our reading)"
SAME = "random coordinates: Q does not differ from P&CC with the grid (recalled)"
MEDIANS = {
    "random coordinates: median Q 0.34 to 0.38 (recalled)": ("q_score", (0.34, 0.38)),
    "random coordinates: median performance 0.98 to 1 (recalled)": ("best_fitness", (0.98, 1.0)),
}
CLAIMS = [*MEDIANS, *WITHIN, *AGAINST_PA, *BELOW_PCC, SAME, *HIGHER_BY_Q, WALK]


def claims(study):
    """Those within this study, then those against PA and P&CC of study.toml, if run at the same size."""
    found = []
    for text, (column, interval) in MEDIANS.items():
        values = study.column(column, "pcc-random-coordinates")
        found.append(published(PAPER, text, values, interval, N))
    tests = [
        (larger, text, q_of(study, more), q_of(study, less), (study.labels[more], study.labels[less]))
        for text, (more, less) in WITHIN.items()
    ]
    static = companion(study, Path(__file__), "study.toml")
    if static is None:
        texts = CLAIMS[len(MEDIANS) + len(WITHIN) :]
        return [
            *found,
            *family(tests),
            *(not_run(PAPER, text, "not run at this size: study.toml") for text in texts),
        ]
    pa, pcc = (q_of(static, name) for name in ("pa", "pcc"))
    for text, name in AGAINST_PA.items():
        tests.append((larger, text, q_of(study, name), pa, (study.labels[name], "PA")))
    for text, name in BELOW_PCC.items():
        tests.append((larger, text, pcc, q_of(study, name), ("P&CC", study.labels[name])))
    random = q_of(study, "pcc-random-coordinates")
    tests.append((alike, SAME, random, pcc, ("P&CC, random coordinates", "P&CC")))
    controls = {kind: q_of_control(study, kind) for kind in CONTROLS.LABELS}
    for text, kind in HIGHER_BY_Q.items():
        tests.append((larger, text, controls[kind], pa, (CONTROLS.LABELS[kind], "PA")))
    tests.append((larger, WALK, pcc, controls["walk"], ("P&CC", CONTROLS.LABELS["walk"])))
    return found + family(tests)


def family(tests):
    """Claims from (kind, text, a, b, labels), decided by p values that are corrected for how many they are."""
    p = [
        rank_sum(a, b).p if min(interval_of(a).n, interval_of(b).n) else np.nan
        for _, _, a, b, _ in tests
    ]
    return [
        kind(PAPER, text, a, b, labelled(a, b, labels), N, corrected=corrected)
        for (kind, text, a, b, labels), corrected in zip(tests, holm(p).tolist(), strict=True)
    ]


def labelled(a, b, labels):
    """Labels that say how many networks have no connection."""
    without = [int(np.isnan(q).sum()) for q in (a, b)]
    return tuple(
        f"{label} ({n} without a connection left out)" if n else label
        for label, n in zip(labels, without, strict=True)
    )


def q_of(study, treatment):
    """Q of the best of every run; NaN of networks without a connection."""
    return with_modules(study.column("q_score", treatment), study.column("connections", treatment))


def q_of_control(study, kind):
    """The same of `controls.py`; nothing where it has not been run."""
    rows = CONTROLS.controls(study).get(CONTROLS.LABELS[kind])
    return with_modules(rows["q_score"], rows["connections"]) if rows else np.array([])


def with_modules(q, connections):
    """Q, NaN without a connection."""
    return np.where(connections > 0, q.astype(float), np.nan)
