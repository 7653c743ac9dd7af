"""What Kashtan, Noor & Alon (2007) claim of the switching period (Fig. 2), on their small model 2.

The sizes of the populations are ours.
"""

from pathlib import Path

from evomod.claims import Claim, larger
from evomod.papers import load_script

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
    """Holds if S of medians is above 1 at all periods from 5 to 500; S of 1 that nothing solved is not known."""
    fixed, groups = of_size
    s = {period: FIGURE.speedup(fixed, runs)[0] for period, runs in groups.items()}
    asked = [value for period, value in s.items() if 5 <= period <= 500]
    verdict = "cannot tell"
    if fixed.size >= N and min(asked) < 1.0:
        verdict = "fails"
    elif fixed.size >= N and min(asked) > 1.0:
        verdict = "holds"
    shown = ", ".join(f"{period}: {value:.3g}" for period, value in s.items())
    return Claim(PAPER, text, f"S by period {shown}", "S of medians above 1 from 5 to 500", verdict)
