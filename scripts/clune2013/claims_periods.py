"""What Clune, Mouret & Lipson (2013) claim of goals that switch, with and without a connection cost (Fig. 3b).

Recalled, not re-read, and less surely than the main results. The best period is that of the highest median Q. Every
other replicate chooses it, and the rest are tested: of six groups the best looks better than it is, by chance alone.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claims import alike, larger, not_run
from evomod.papers.scripts import companion, load_script

PAPER, N = "clune2013", 50
STUDY = "study_periods.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1000", "evolution.population=500"]}

FIGURE = load_script(Path(__file__).with_name("fig3b.py"))
CLAIMS = [
    "P&CC with goals that switch (best period) has a higher Q than P&CC with one goal (recalled)",
    "P&CC with one goal and goals that switch (best period) without a cost have about the same Q (recalled)",
    "a connection cost raises Q at the best period of goals that switch without it (our reading)",
]


def best(groups):
    """The period of the highest median Q of replicates 0, 2, 4, …, and Q of the others."""
    period = max(groups, key=lambda p: float(np.median(groups[p][::2])))
    return period, groups[period][1::2]


def claims(study):
    """Against the runs of one goal, if study.toml has been run at the same size."""
    mvg, both = (FIGURE.by_period(study, kind) for kind in ("pa", "pcc"))
    (of_mvg, q_mvg), (of_both, q_both) = best(mvg), best(both)
    static = companion(study, Path(__file__), "study.toml")
    labels = (f"P&CC, period {of_both}", "P&CC, one goal", f"MVG, period {of_mvg}")
    at_best = (f"P&CC, period {of_mvg}", labels[2])
    last = larger(PAPER, CLAIMS[2], both[of_mvg], q_mvg, at_best, N // 2)
    if static is None:
        return [*(not_run(PAPER, text, "not run at this size: study.toml") for text in CLAIMS[:2]), last]
    pcc = static.column("q_score", "pcc")
    return [
        larger(PAPER, CLAIMS[0], q_both, pcc, labels[:2], N // 2),
        alike(PAPER, CLAIMS[1], pcc, q_mvg, labels[1:], N // 2),
        last,
    ]
