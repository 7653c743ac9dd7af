"""What Kashtan, Noor & Alon (2007) claim of the switching period (Fig. 2), on their small model 2.

The sizes of the populations are ours.
"""

from pathlib import Path

import numpy as np

from evomod.papers.claims import LEVEL, SEED, Claim, larger
from evomod.papers.scripts import load_script
from evomod.statistics import ratio_of_medians

PAPER, N = "kashtan2007", 30
STUDY = "study_periods.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1500"]}

FIGURE = load_script(Path(__file__).with_name("fig2.py"))
SIZES = (50, 100, 200, 500)
PERIOD = 20
CLAIMS = [f"goals that switch every {PERIOD} are solved sooner than a fixed one, {size} circuits" for size in SIZES] + [
    f"there is a speedup from a few generations to about a thousand between switches, {size} circuits" for size in SIZES
]  # fmt: skip


def claims(study):
    """The period of the paper's other runs, then the range of periods with a speedup."""
    sizes, found = FIGURE.by_size(study), []
    for size, text in zip(SIZES, CLAIMS, strict=False):
        fixed, groups = sizes[size]
        found.append(larger(PAPER, text, fixed, groups[PERIOD], ("FG", "MVG"), N))
    return found + [
        ranged(sizes[size], text) for size, text in zip(SIZES, CLAIMS[len(SIZES) :], strict=True)
    ]


def ranged(of_size, text):
    """Holds if S is above 1 at all periods from 5 to 500, fails if it is below at one, by its intervals.

    These are so wide that in 95 % of cases all of them hold their S at once (Bonferroni). Where nothing is solved S is
    1 and not known.
    """
    fixed, groups = of_size
    asked = [period for period in groups if 5 <= period <= 500]
    level, rng = 1.0 - LEVEL / len(asked), np.random.default_rng(SEED)
    s = {period: ratio_of_medians(fixed, runs, rng, level) for period, runs in groups.items()}
    n = min(runs.size for runs in (fixed, *groups.values()))
    verdict = "cannot tell"
    if n >= N and min(s[period].high for period in asked) < 1.0:
        verdict = "fails"
    elif n >= N and min(s[period].low for period in asked) > 1.0:
        verdict = "holds"
    shown = ", ".join(f"{period}: {r.ratio:.3g} [{r.low:.3g}, {r.high:.3g}]" for period, r in s.items())
    test = f"bootstrapped intervals, {level:.2%} each, above 1 from 5 to 500"
    return Claim(PAPER, text, f"S by period {shown}; n = {n} runs each", test, verdict)
