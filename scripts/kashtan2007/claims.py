"""What Kashtan, Noor & Alon (2007) claim of the speedup by varying goals: two of their five models.

Their numbers are quoted from the main text. How many runs a goal had is not stated; a claim counts as
decided from the number of runs of study.toml on. A run that solved nothing counts with G_max. All of it twice: with
the selection as quoted, and with that of Kashtan & Alon 2005 (`both_selections.py`).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from evomod.papers.claims import Claim, described, interval_of, larger, not_run
from evomod.papers.scripts import load_script
from evomod.statistics import FEWEST, share_interval

PAPER = "kashtan2007"
STUDY = "study.toml"
RUNS = 11
"""A goal and scenario."""
QUICK = {"replicates": 3, "settings": ["evolution.generations=1500", "evolution.population=500"]}

SPEEDUP = load_script(Path(__file__).with_name("speedup.py"))
BOTH = load_script(Path(__file__).with_name("both_selections.py"))
EXPONENTS = {"nand": (0.7, 0.1), "gates": (0.7, 0.1)}
S_MAX = {
    "nand": {"mvg": (95.0, 45.0), "rvgv": (45.0, 20.0), "vg0": (2.5, 2.0)},
    "gates": {"mvg": (265.0, 150.0), "rvgv": (160.0, 80.0), "vg0": (190.0, 90.0), "rvgc": (1.3, 0.3)},
}
SLOWER = ("nand",)
"""Models in which RVG_c is quoted with S below 1."""
LONG, ALMOST_ALWAYS = 3000, 0.9
"""Our reading of "a few thousand generations" and of "almost always"."""
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
        f"{name}: goals of more than a few thousand generations almost always show a speedup",
        *(
            f"{name}: a constant random goal in between (RVG_c) slows the hardest goals down (S below 1)"
            for slower in SLOWER
            if slower == model
        ),
        *(
            f"{name}: S_max of {SPEEDUP.SCENARIOS[scenario]} {value:g} ± {se:g}"
            for scenario, (value, se) in S_MAX[model].items()
        ),
    ]


AS_QUOTED = [text for model in SPEEDUP.MODELS for text in texts(model)] + [
    f"NAND circuits, the worked goal: T of {scenario.upper()} {value:g} ± {se:g} generations"
    for scenario, (value, se) in T_WORKED.items()
]
CLAIMS = AS_QUOTED + [f"{BOTH.OTHER}, {text}" for text in AS_QUOTED]


def claims(study):
    """With the selection as quoted, then with the other."""
    found = of_selection(study)
    other, why = BOTH.with_elite(study, STUDY)
    if other is None:
        return [*found, *(not_run(PAPER, text, why) for text in CLAIMS[len(found) :])]
    return [*found, *(replace(c, claim=f"{BOTH.OTHER}, {c.claim}") for c in of_selection(other))]


def of_selection(study):
    """Directions and numbers of both models, then the worked goal."""
    found = [claim for model in SPEEDUP.MODELS for claim in of_model(study, model)]
    return [*found, *worked(study)]


def of_model(study, model):
    """Directions by tests over the runs of the hardest goals, numbers by their standard errors."""
    first, constant, neutral, growth, almost_always, *others = texts(model)
    found = [beside_fixed(study, first, model, "mvg")]
    for text, scenario in ((constant, "rvgc"), (neutral, "vg0")):
        _, other, n_goals = pooled(study, model, scenario)
        _, mvg, _ = pooled(study, model, "mvg", only=SPEEDUP.times(study, model, scenario))
        labels = (SPEEDUP.SCENARIOS[scenario], "MVG")
        found.append(faster(study, text, (other, mvg), labels, n_goals))
    cap, pairs = SPEEDUP.cap_of(study), SPEEDUP.pairs(study, model)
    found.append(grows(growth, pairs, cap, EXPONENTS[model]))
    found.append(mostly(almost_always, pairs, cap))
    if model in SLOWER:
        found.append(beside_fixed(study, others.pop(0), model, "rvgc", is_later=True))
    for text, (scenario, value) in zip(others, S_MAX[model].items(), strict=True):
        found.append(largest(text, SPEEDUP.hardest(study, model, scenario), cap, value))
    return found


def grows(text, pairs, cap, paper):
    """A claim of the exponent, with the goals that it is made of: of those that no fixed run solves S is a bound."""
    alpha, error, _ = SPEEDUP.exponent(pairs, cap)
    claim = near(text, alpha, error, paper, fewest_runs(pairs))
    if not np.isfinite(alpha):
        return claim
    fixed, varying = SPEEDUP.medians(pairs)
    n, bounds = (varying < cap).sum(), ((varying < cap) & (fixed >= cap)).sum()
    told = f"{claim.found}, {n} goals, {bounds} of them bounds; no relation would give 1"
    return replace(claim, found=told)


def largest(text, goals, cap, paper):
    """A claim of S_max. Where a goal is not solved in the scenario either, S is not known and decides nothing."""
    is_bound = any(np.median(fixed) >= cap for fixed, _ in goals.values())
    found = near(text, *SPEEDUP.mean_speedup(goals), paper, fewest_runs(goals), is_bound)
    unknown = SPEEDUP.unknown(goals, cap)
    if not unknown:
        return found
    told = f"{found.found.removeprefix('at least ')}; S is not known of {unknown} of {len(goals)} goals"
    return replace(found, found=told, verdict="cannot tell")


def beside_fixed(study, text, model, scenario, *, is_later=False):
    """A claim that a scenario solves the hardest goals sooner than the fixed goal, or later."""
    fixed, varying, n_goals = judged(study, model, scenario)
    groups, labels = (fixed, varying), ("FG", SPEEDUP.SCENARIOS[scenario])
    if is_later:
        groups, labels = groups[::-1], labels[::-1]
    return faster(study, text, groups, labels, n_goals, RUNS // 2)


def judged(study, model, scenario):
    """T of the hardest goals, fixed and in a scenario, and their number.

    Every other fixed run chooses the goals, and the rest is returned: runs that have chosen a goal for being slow are
    slower than others on it, by chance alone.
    """
    half = SPEEDUP.cap_of(study) / 2
    pairs = [
        (fixed[1::2], varying)
        for fixed, varying in SPEEDUP.pairs(study, model, scenario).values()
        if np.median(fixed[::2]) > half
    ]
    return together(pairs)


def pooled(study, model, scenario, only=None):
    """T of all runs of the hardest goals, fixed and in a scenario, and their number; ``only`` of these goals."""
    goals = SPEEDUP.hardest(study, model, scenario)
    return together([pair for goal, pair in goals.items() if only is None or goal in only])


def together(pairs):
    """Runs of all pairs, one side and the other, and the number of pairs."""
    sides = ([pair[k] for pair in pairs] for k in (0, 1))
    return *(np.concatenate(runs) if runs else np.array([]) for runs in sides), len(pairs)


def faster(study, text, groups, labels, n_goals, runs=RUNS):
    """A claim that the second group takes fewer generations; ``runs`` of a goal decide it, of all goals together."""
    if n_goals == 0:
        return not_run(PAPER, text, "no goal is as hard (T of the fixed goal above half of G_max)")
    if min(t.min(initial=np.inf) for t in groups) >= SPEEDUP.cap_of(study):
        shown = "; ".join(f"{label} {described(t)}" for label, t in zip(labels, groups, strict=True))
        return not_run(PAPER, text, f"{shown}: no run solved anything within G_max")
    return larger(PAPER, text, *groups, labels, runs * n_goals)


def mostly(text, pairs, cap):
    """A claim that goals that take long when they are fixed almost always show a speedup.

    Half of the fixed runs choose the goals and the others judge them, as in `judged`. It holds if nine goals of ten
    show it, and by the interval of that share more than half do; it fails if the interval lies below nine of ten.
    """
    chosen = [
        (np.median(fixed[1::2]), np.median(varying))
        for fixed, varying in pairs.values()
        if fixed.size > 1 and np.median(fixed[::2]) > LONG
    ]
    known = [(a, b) for a, b in chosen if min(a, b) < cap]
    if not known:
        return not_run(PAPER, text, f"no goal takes more than {LONG:,} generations and is solved")
    yes, n = sum(b < a for a, b in known), len(known)
    low, high = share_interval(yes, n)
    verdict = "cannot tell"
    if fewest_runs(pairs) >= RUNS and yes / n >= ALMOST_ALWAYS and low > 0.5:
        verdict = "holds"
    elif fewest_runs(pairs) >= RUNS and high < ALMOST_ALWAYS:
        verdict = "fails"
    found = f"{yes} of {n} goals above {LONG:,} generations, {fewest_runs(pairs)} runs a goal"
    return Claim(PAPER, text, found, f"95 % interval of the share {low:.0%} to {high:.0%}", verdict)


def fewest_runs(goals):
    """Runs of the goal that has the fewest."""
    return min((min(a.size, b.size) for a, b in goals.values()), default=0)


def near(text, value, error, paper, n, is_bound=False):
    """A claim that a number is the paper's: holds within one standard error of both, fails beyond two.

    A number whose own error is more than twice the paper's decides nothing. ``is_bound``: the number is a lower
    bound, so one that is too small does not fail.
    """
    if not np.isfinite(value) or not np.isfinite(error):
        return not_run(PAPER, text, "no goal is as hard, or too few are solved")
    one, verdict = float(np.hypot(error, paper[1])), "cannot tell"
    distance = abs(value - paper[0])
    if n >= RUNS and distance <= one and error <= 2.0 * paper[1]:
        verdict = "holds"
    elif n >= RUNS and distance > 2.0 * one and not (is_bound and value < paper[0]):
        verdict = "fails"
    found = f"{'at least ' if is_bound else ''}{value:.3g} ± {error:.2g}, {n} runs a goal"
    return Claim(PAPER, text, found, f"{distance / one:.1f} standard errors from {paper[0]:g}", verdict)


def worked(study):
    """Median generations of the paper's example; of a median at G_max only a lower bound is known."""
    found, cap = [], SPEEDUP.cap_of(study)
    for (scenario, (value, se)), text in zip(T_WORKED.items(), AS_QUOTED[-2:], strict=True):
        runs = SPEEDUP.times(study, "nand", scenario).get(WORKED, np.array([]))
        ci = interval_of(runs)
        low, high = value - 2 * se, value + 2 * se
        ends = f"[{ci.low:,.0f}, {ci.high:,.0f}], n = {ci.n}"
        shown = f"{ci.median:,.0f}{', range' if ci.n < FEWEST else ''} {ends}"
        verdict = "holds" if ci.low <= high and ci.high >= low else "fails"
        if ci.n < RUNS or (ci.high >= cap and verdict == "holds"):
            verdict = "cannot tell"
        found.append(Claim(PAPER, text, shown, f"overlap with [{low:,.0f}, {high:,.0f}]", verdict))
    return found
