"""What Kashtan, Noor & Alon (2007) claim of the switching period (Fig. 2), on their small model 2.

The sizes of the populations are ours.
"""

from functools import partial

from evomod.effects import delta
from evomod.papers.claim import Measured
from evomod.papers.claim_texts import p_text
from evomod.papers.claims import Custom, Sooner
from evomod.scripts.kashtan2007 import fig2
from evomod.statistics import rank_sum
from evomod.verdicts import DELTA

STUDY = "study_periods.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=1500"]}

SIZES = (50, 100, 200, 500)
PERIOD, CAP = 20, 20_000
RANGE = (5, 500)
"""Our reading of "from a few generations to about a thousand or larger" between switches."""


def times(study, group):
    """T of every run of a size: of the fixed goal, or of a period."""
    size, _, period = group.partition("/")
    fixed, groups = fig2.by_size(study)[int(size)]
    return fixed if period == "fixed" else groups[int(period)]


def runs_of(study, group):
    """Of a size and period."""
    return len(times(study, group)), 30


def ranged(source, size):
    """The period of the range whose delta has the least lower end: if that is above 0, all are (intersection-union)."""
    fixed, groups = fig2.by_size(source.what)[size]
    asked = {period: runs for period, runs in groups.items() if RANGE[0] <= period <= RANGE[1]}
    found = {period: delta(fixed, runs) for period, runs in asked.items()}
    worst = min(found, key=lambda period: found[period].low)
    shown = ", ".join(f"{period}: {effect.value:+.2f}" for period, effect in found.items())
    p = max(rank_sum(fixed, runs).p for runs in asked.values())
    return Measured(
        f"delta by period {shown}", found[worst], f"least, period {worst}; largest p = {p_text(p)}", p
    )


COLUMNS = {"times": times}
LABELS = {
    f"{size}/{name}": label for size in SIZES for name, label in (("fixed", "FG"), (str(PERIOD), "MVG"))
}
CLAIMS = [
    *(
        Sooner(
            f"goals that switch every {PERIOD} are solved sooner than a fixed one, {size} circuits", column="times",
            a=f"{size}/{PERIOD}", b=f"{size}/fixed", cap=CAP, family="switching every 20", smallest=DELTA,
            figure="kashtan2007-fig2",
        )
        for size in SIZES
    ),
    *(
        Custom(
            f"there is a speedup at every period from 5 to 500 generations, the least of them shown, {size} circuits",
            test=partial(ranged, size=size), family="range of periods", smallest=DELTA, of=(f"{size}/fixed",),
            was=(f"there is a speedup from a few generations to about a thousand between switches, {size} circuits",),
            figure="kashtan2007-fig2",
        )
        for size in SIZES
    ),
]  # fmt: skip
