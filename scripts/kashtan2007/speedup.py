"""Times to solve, speedups, and how they grow with the time of a fixed goal: what figures and claims share.

T of a run is the number of generations that it took; a run that did not solve its goal counts with the
most that it could have, G_max (as in the paper). T of a goal and scenario is the median of its runs.
"""

import numpy as np

MODELS = {"nand": "NAND circuits", "gates": "gate layers"}
SCENARIOS = {"mvg": "MVG", "rvgv": "RVG_v", "vg0": "VG_0", "rvgc": "RVG_c"}
RESAMPLES, SEED = 2000, 1


def cap_of(study):
    """G_max, the same in all treatments."""
    return study.study.treatments[0].config.evolution.generations


def times(study, model, scenario):
    """``{goal: T[replicate]}`` of a model and scenario, only goals with runs."""
    summary, found = study.summary, {}
    for treatment in study.study.treatments:
        if treatment.name.split("-")[:2] == [model, scenario]:
            mine = summary["generations"][summary["treatment"] == treatment.name].astype(float)
            if mine.size:
                found[treatment.config.schedule.goals[0]] = np.maximum(mine, 1.0)
    return found


def pairs(study, model, scenario="mvg"):
    """T of the fixed goal and of the scenario, ``{goal: (runs, runs)}``, of goals that have both."""
    fixed, varying = times(study, model, "fg"), times(study, model, scenario)
    return {goal: (fixed[goal], varying[goal]) for goal in fixed if goal in varying}


def medians(found):
    """``[goal]``: T of the fixed goal, and T of the scenario, of pairs."""
    return tuple(np.array([np.median(pair[k]) for pair in found.values()]) for k in (0, 1))


def hardest(study, model, scenario):
    """The pairs of goals whose fixed T is above half of G_max."""
    half = cap_of(study) / 2
    return {g: pair for g, pair in pairs(study, model, scenario).items() if np.median(pair[0]) > half}


def unknown(found, cap):
    """How many of the pairs' goals the scenario does not solve in half of its runs: S is no lower bound there."""
    return sum(float(np.median(varying)) >= cap for _, varying in found.values())


def slope(fixed, speedups):
    """Exponent a of S = (T_FG / T_0)^a, by least squares in logarithms along the last axis, and T_0.

    NaN where T does not vary.
    """
    x, y = np.log(fixed), np.log(speedups)
    from_mean = x - x.mean(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        a = (from_mean * y).sum(axis=-1) / (from_mean**2).sum(axis=-1)
        return a, np.exp(x.mean(axis=-1) - y.mean(axis=-1) / a)


def exponent(found, cap):
    """Exponent, its bootstrapped error (goals drawn anew), and T_0, of pairs.

    The error is half of what the middle 68 % of draws span, a standard error if they are normal: a draw of goals that
    are equally hard has an exponent of any size, which a standard deviation is made of.

    Goals that the scenario does not solve are left out: there S is T of the fixed goal over G_max, of which
    an exponent of 1 follows. NaN with fewer than three goals.
    """
    fixed, varying = medians(found)
    known = varying < cap
    if known.sum() < 3:
        return np.nan, np.nan, np.nan
    fixed, speedups = fixed[known], (fixed / varying)[known]
    alpha, t0 = slope(fixed, speedups)
    drawn = np.random.default_rng(SEED).integers(0, fixed.size, (RESAMPLES, fixed.size))
    alphas = slope(fixed[drawn], speedups[drawn])[0]
    alphas = alphas[np.isfinite(alphas)]
    low, high = np.quantile(alphas, (0.16, 0.84)) if alphas.size else (np.nan, np.nan)
    return float(alpha), float(high - low) / 2.0, float(t0)


def mean_speedup(found):
    """Mean of S over goals and its bootstrapped standard error (goals, and runs within them, drawn anew)."""
    if not found:
        return np.nan, np.nan
    rng, n = np.random.default_rng(SEED), len(found)

    def drawn(runs):
        """Medians of runs drawn anew, ``[resample, place of the goal]``."""
        return np.median(rng.choice(runs, (RESAMPLES, n, runs.size)), axis=2)

    of_goals = np.stack([drawn(fixed) / drawn(varying) for fixed, varying in found.values()])
    chosen = rng.integers(0, n, (RESAMPLES, n))
    means = np.take_along_axis(of_goals, chosen[None], axis=0)[0].mean(axis=1)
    s = [np.median(fixed) / np.median(varying) for fixed, varying in found.values()]
    return float(np.mean(s)), float(np.std(means))
