"""What Kashtan, Noor & Alon (2007) claim of the speedup by varying goals: two of their five models.

Their numbers are quoted from the main text. How many runs a goal had is not stated; a claim counts as
decided from the number of runs of study.toml on.
"""

from pathlib import Path

import numpy as np

from evomod.claims import Claim, described, interval_of, larger, not_run
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
    fixed, varying, n_goals = pooled(study, model, "mvg")
    found = [faster(study, first, (fixed, varying), ("FG", "MVG"), n_goals)]
    for text, scenario in ((constant, "rvgc"), (neutral, "vg0")):
        _, other, n_goals = pooled(study, model, scenario)
        _, mvg, _ = pooled(study, model, "mvg", only=SPEEDUP.times(study, model, scenario))
        labels = (SPEEDUP.SCENARIOS[scenario], "MVG")
        found.append(faster(study, text, (other, mvg), labels, n_goals))
    cap, pairs = SPEEDUP.cap_of(study), SPEEDUP.pairs(study, model)
    alpha, error, _ = SPEEDUP.exponent(pairs, cap)
    found.append(near(growth, alpha, error, EXPONENTS[model], fewest_runs(pairs)))
    for text, (scenario, value) in zip(most, S_MAX[model].items(), strict=True):
        goals = SPEEDUP.hardest(study, model, scenario)
        is_bound = any(np.median(fixed) >= cap for fixed, _ in goals.values())
        found.append(near(text, *SPEEDUP.mean_speedup(goals), value, fewest_runs(goals), is_bound))
    return found


def pooled(study, model, scenario, only=None):
    """T of all runs of the hardest goals, fixed and in a scenario, and their number; ``only`` of these goals."""
    goals = SPEEDUP.hardest(study, model, scenario)
    pairs = [pair for goal, pair in goals.items() if only is None or goal in only]
    fixed, varying = ([pair[k] for pair in pairs] for k in (0, 1))
    return *(np.concatenate(runs) if runs else np.array([]) for runs in (fixed, varying)), len(pairs)


def faster(study, text, groups, labels, n_goals):
    """A claim that the second group takes fewer generations; runs of all goals together."""
    if n_goals == 0:
        return not_run(PAPER, text, "no goal is as hard (T of the fixed goal above half of G_max)")
    if all(np.median(runs) >= SPEEDUP.cap_of(study) for runs in groups):
        shown = "; ".join(f"{label} {described(t)}" for label, t in zip(labels, groups, strict=True))
        return not_run(PAPER, text, f"{shown}: most runs of both solved nothing within G_max")
    return larger(PAPER, text, *groups, labels, RUNS * n_goals)


def fewest_runs(goals):
    """Runs of the goal that has the fewest."""
    return min((min(a.size, b.size) for a, b in goals.values()), default=0)


def near(text, value, error, paper, n, is_bound=False):
    """A claim that a number is the paper's: holds within one standard error of both, fails beyond two.

    ``is_bound``: the number is a lower bound, so one that is too small does not fail.
    """
    if not np.isfinite(value) or not np.isfinite(error):
        return not_run(PAPER, text, "no goal is as hard, or too few are solved")
    one, verdict = float(np.hypot(error, paper[1])), "cannot tell"
    distance = abs(value - paper[0])
    if n >= RUNS and distance <= one:
        verdict = "holds"
    elif n >= RUNS and distance > 2.0 * one and not (is_bound and value < paper[0]):
        verdict = "fails"
    found = f"{'at least ' if is_bound else ''}{value:.3g} ± {error:.2g}, {n} runs a goal"
    return Claim(PAPER, text, found, f"{distance / one:.1f} standard errors from {paper[0]:g}", verdict)


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
