"""What Kashtan, Noor & Alon (2007) claim of the speedup by varying goals: two of their five models.

Their numbers are quoted from the main text. How many runs a goal had is not stated; a claim counts as
decided from the number of runs of study.toml on.
"""

from pathlib import Path

import numpy as np

from evomod.claims import Claim, interval_of, larger, not_run
from evomod.papers import load_script

PAPER = "kashtan2007"
STUDY = "study.toml"
RUNS = 11
"""A goal and scenario."""
QUICK = {"replicates": 3, "settings": ["evolution.generations=1500", "evolution.population=500"]}

SPEEDUP = load_script(Path(__file__).with_name("speedup.py"))
EXPONENTS = {"nand": (0.7, 0.1), "gates": (0.7, 0.1)}
S_MAX = {
    "nand": {"mvg": (95.0, 45.0), "rvgv": (45.0, 20.0), "vg0": (2.5, 2.0)},
    "gates": {"mvg": (265.0, 150.0), "rvgv": (160.0, 80.0), "vg0": (190.0, 90.0), "rvgc": (1.3, 0.3)},
}
WORKED, T_WORKED = "xor-xor-xor_and-and-and", {"fg": (8e4, 2e4), "mvg": (8e3, 1.5e3)}
"""The paper's example goal, NAND circuits, and the generations that it took."""


def texts(model):
    """The claims of a model, in the order of `of_model`."""
    name, (alpha, error) = SPEEDUP.MODELS[model], EXPONENTS[model]
    return [
        f"{name}: goals that vary (MVG) solve the hardest goals sooner than a fixed goal",
        f"{name}: MVG solves the hardest goals sooner than a constant random goal in between (RVG_c)",
        f"{name}: MVG solves the hardest goals sooner than neutral epochs in between (VG_0)",
        f"{name}: the speedup grows with T of the fixed goal, exponent {alpha:g} ± {error:g}",
        *(
            f"{name}: S_max of {SPEEDUP.SCENARIOS[scenario]} {value:g} ± {se:g}"
            for scenario, (value, se) in S_MAX[model].items()
        ),
    ]


CLAIMS = [text for model in SPEEDUP.MODELS for text in texts(model)] + [
    f"NAND circuits, the worked goal: T of {scenario.upper()} {value:g} ± {se:g} generations"
    for scenario, (value, se) in T_WORKED.items()
]


def claims(study):
    """Directions and numbers of both models, then the worked goal."""
    found = [claim for model in SPEEDUP.MODELS for claim in of_model(study, model)]
    return [*found, *worked(study)]


def of_model(study, model):
    """Directions by the rank-sum test over the runs of the hardest goals, numbers by their standard errors."""
    first, constant, neutral, growth, *most = texts(model)
    found = [faster(first, pooled(study, model, "mvg"), ("FG", "MVG"))]
    for text, scenario in ((constant, "rvgc"), (neutral, "vg0")):
        other, mvg = (pooled(study, model, name, only_controlled=True)[1] for name in (scenario, "mvg"))
        found.append(faster(text, (other, mvg), (SPEEDUP.SCENARIOS[scenario], "MVG")))
    alpha, error, _ = SPEEDUP.exponent(SPEEDUP.pairs(study, model), SPEEDUP.cap_of(study))
    n = fewest_runs(SPEEDUP.pairs(study, model))
    found.append(near(growth, alpha, error, EXPONENTS[model], n))
    for text, (scenario, value) in zip(most, S_MAX[model].items(), strict=True):
        goals = SPEEDUP.hardest(study, model, scenario)
        found.append(near(text, *SPEEDUP.mean_speedup(goals), value, fewest_runs(goals)))
    return found


def pooled(study, model, scenario, only_controlled=False):
    """T of all runs of the hardest goals, fixed and in a scenario; of those with all scenarios, if asked."""
    goals = SPEEDUP.hardest(study, model, scenario)
    if only_controlled:
        goals = {g: pair for g, pair in goals.items() if g in SPEEDUP.times(study, model, "vg0")}
    fixed, varying = ([pair[k] for pair in goals.values()] for k in (0, 1))
    return tuple(np.concatenate(runs) if runs else np.array([]) for runs in (fixed, varying))


def faster(text, groups, labels):
    """A claim that the second group takes fewer generations."""
    if not groups[0].size or not groups[1].size:
        return not_run(PAPER, text, "no goal is as hard (T of the fixed goal above half of G_max)")
    return larger(PAPER, text, *groups, labels, RUNS)


def fewest_runs(goals):
    """Runs of the goal that has the fewest."""
    return min((min(a.size, b.size) for a, b in goals.values()), default=0)


def near(text, value, error, paper, n):
    """A claim that a number is the paper's: it holds within two standard errors of both together."""
    if not np.isfinite(value) or not np.isfinite(error):
        return not_run(PAPER, text, "no goal is as hard, or T does not vary")
    margin = 2.0 * np.hypot(error, paper[1])
    verdict = "holds" if abs(value - paper[0]) <= margin else "fails"
    found = f"{value:.3g} ± {error:.2g}, {n} runs a goal"
    verdict = verdict if n >= RUNS else "cannot tell"
    return Claim(PAPER, text, found, f"distance from {paper[0]:g} at most {margin:.3g}", verdict)


def worked(study):
    """Median generations of the paper's example; of a median at G_max only a lower bound is known."""
    found, cap = [], SPEEDUP.cap_of(study)
    for (scenario, (value, se)), text in zip(T_WORKED.items(), CLAIMS[-2:], strict=True):
        runs = SPEEDUP.times(study, "nand", scenario).get(WORKED, np.array([]))
        ci = interval_of(runs)
        low, high = value - 2 * se, value + 2 * se
        shown = f"{ci.median:,.0f} [{ci.low:,.0f}, {ci.high:,.0f}], n = {ci.n}"
        verdict = "holds" if ci.low <= high and ci.high >= low else "fails"
        if ci.n < RUNS or (ci.high >= cap and verdict == "holds"):
            verdict = "cannot tell"
        found.append(Claim(PAPER, text, shown, f"overlap with [{low:,.0f}, {high:,.0f}]", verdict))
    return found
