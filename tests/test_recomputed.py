"""Claims recomputed from the committed tables alone: numpy and scipy, nothing of evomod.

Written by a reader of docs/statistics.md, not of the code: effect, 95 % interval, p, correction of the family and verdict of
claims of every shape, compared with results/<paper>/claims.json and with docs/results.md. What is no claim's number here
(columns, groups, published values, smallest effects, families) is what the claim files declare.

Tolerances: an effect and a p to the digits that are printed; the ends of bootstrapped intervals to 0.03, of ratios to 8 %,
for the resamples are others; p of permutations to 0.004, and none is below the uncorrected one. A claim whose table was made by version 0.1 has a state in place of a
verdict, and its manifest has to say so.
"""

import csv
import gzip
import json
import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
Z = stats.norm.ppf(0.975)
RESAMPLES = 10_000
DELTA, SHARE, BAND = 0.33, 0.15, 0.25


# ---- tables


@cache
def rows(path):
    place = RESULTS / path
    with gzip.open(place, "rt", newline="") if place.suffix == ".gz" else place.open(newline="") as file:
        return list(csv.DictReader(file))


def column(path, name, **where):
    """Numbers of a column of the rows that are asked for; NaN where a cell is empty."""
    chosen = [row for row in rows(path) if all(row[key] == value for key, value in where.items())]
    return np.array([float(row[name] or "nan") for row in chosen])


def version(folder):
    known = json.loads((RESULTS / folder / "manifest.json").read_text(encoding="utf-8"))
    return known["versions"]["evomod"]


# ---- effects with their intervals


def bca(value, draws, left_out):
    """Efron & Tibshirani's interval from resamples and the values of each sample with one left out."""
    moved = [(len(one) - 1) * (one.mean() - one) for one in left_out]
    below = ((draws < value).sum() + 0.5 * (draws == value).sum()) / draws.size
    third = sum((u**3).sum() / len(u) ** 3 for u in moved)
    second = sum((u**2).sum() / len(u) ** 2 for u in moved)
    a, z0 = third / (6.0 * second**1.5), stats.norm.ppf(below)
    return np.quantile(draws, [stats.norm.cdf(z0 + (z0 + z) / (1.0 - a * (z0 + z))) for z in (-Z, Z)])


def bound(value, n):
    """The interval where all agree (Feng & Cliff 2004)."""
    end = (n - Z**2) / (n + Z**2)
    return (value, end, 1.0) if value > 0.0 else (value, -1.0, -end)


def cliffs_delta(a, b):
    signs = np.sign(a[:, None] - b[None])
    value, n, m = signs.mean(), a.size, b.size
    if abs(value) == 1.0:
        return bound(value, min(n, m))
    rng = np.random.default_rng(2026)
    first, second = (rng.multinomial(k, np.full(k, 1.0 / k), RESAMPLES) for k in (n, m))
    draws = ((first @ signs) * second).sum(axis=1) / (n * m)
    without = [(n * value - signs.mean(axis=1)) / (n - 1), (m * value - signs.mean(axis=0)) / (m - 1)]
    return value, *bca(value, draws, without)


def biserial(gaps):
    """Matched-pairs rank-biserial r along the last axis; pairs without a difference count for nothing."""
    sizes = np.where(gaps == 0.0, np.nan, np.abs(gaps))
    ranks = np.nan_to_num(stats.rankdata(sizes, axis=-1, nan_policy="omit"))
    return (np.sign(gaps) * ranks).sum(axis=-1) / np.maximum(ranks.sum(axis=-1), 1.0)


def in_pairs(a, b):
    gaps = a - b
    value, n = biserial(gaps), gaps.size
    if abs(value) == 1.0:
        return bound(value, (gaps != 0.0).sum())
    draws = biserial(gaps[np.random.default_rng(2027).integers(0, n, (RESAMPLES, n))])
    return value, *bca(value, draws, [biserial(np.array([np.delete(gaps, k) for k in range(n)]))])


def spearman(x, y):
    """Of every row."""
    x, y = (stats.rankdata(side, axis=-1) for side in (x, y))
    x, y = (side - side.mean(axis=-1, keepdims=True) for side in (x, y))
    return (x * y).sum(axis=-1) / np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))


def correlation(x, y, doses=False):
    """Spearman's rho; of doses that were set the values are drawn anew within doses."""
    rng, n = np.random.default_rng(2028), x.size
    places = rng.integers(0, n, (RESAMPLES, n))
    for dose in np.unique(x) if doses else ():
        mine = np.flatnonzero(x == dose)
        places[:, mine] = mine[rng.integers(0, mine.size, (RESAMPLES, mine.size))]
    value = spearman(x, y)
    without = np.array([spearman(np.delete(x, k), np.delete(y, k)) for k in range(n)])
    return value, *bca(value, spearman(x[places], y[places]), [without])


def wilson(yes, n):
    middle, half = yes / n + Z**2 / (2 * n), Z * math.sqrt(yes * (n - yes) / n**3 + Z**2 / (4 * n**2))
    return (middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n)


def newcombe(a, b):
    """Difference of shares, (yes, n) each; method 10 of Newcombe (1998)."""
    (low, high), (other_low, other_high) = wilson(*a), wilson(*b)
    p, q = a[0] / a[1], b[0] / b[1]
    return (
        p - q,
        p - q - math.hypot(p - low, other_high - q),
        p - q + math.hypot(high - p, q - other_low),
    )


def to_published(values, theirs, ends):
    """Ratio of our median to theirs, whose interval is normal in logarithms on each side; percentiles."""
    rng = np.random.default_rng(2029)
    ours = np.median(values[rng.integers(0, values.size, (RESAMPLES, values.size))], axis=1)
    normal = rng.standard_normal(RESAMPLES)
    spread = np.where(normal < 0.0, math.log(theirs / ends[0]), math.log(ends[1] / theirs)) / Z
    drawn = ours / (theirs * np.exp(normal * spread))
    return np.median(values) / theirs, *np.quantile(drawn, (0.025, 0.975))


def standard_error(values):
    return values.std(ddof=1) / math.sqrt(values.size)


def student(value, error, n):
    reach = stats.t.ppf(0.975, n - 1) * error
    return value, value - reach, value + reach


def fieller(ours, error, n, theirs, their_error):
    """Ends of the ratios r that a t of ours - r * theirs does not exclude."""
    t = stats.t.ppf(0.975, n - 1)
    roots = np.roots(
        [theirs**2 - (t * their_error) ** 2, -2.0 * ours * theirs, ours**2 - (t * error) ** 2]
    )
    return ours / theirs, *sorted(roots.real)


# ---- tests and families


def rank_sum(a, b):
    return stats.mannwhitneyu(a, b, method="asymptotic").pvalue


def rank_sums_z(a, b):
    """z of every row, with the correction for ties, without one for continuity."""
    n, m = a.shape[-1], b.shape[-1]
    ranks = stats.rankdata(np.concatenate([a, b], axis=-1), axis=-1)
    spread = n * m / (n + m) * ranks.var(axis=-1, ddof=1)
    return (ranks[..., :n].sum(axis=-1) - n * (n + m + 1) / 2.0) / np.sqrt(np.maximum(spread, 1e-12))


def fisher(a, b):
    return stats.fisher_exact([[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]])[1]


def log_rank(a, b, cap):
    sides = [stats.CensoredData(uncensored=t[t < cap], right=t[t >= cap]) for t in (a, b)]
    return stats.logrank(*sides).pvalue


def van_elteren(strata):
    total = variance = 0.0
    for a, b in strata:
        n, m = a.size, b.size
        ranks = stats.rankdata(np.concatenate([a, b]))
        total += (ranks[:n].sum() - n * (n + m + 1) / 2.0) / (n + m + 1)
        variance += n * m / (n + m) * ranks.var(ddof=1) / (n + m + 1) ** 2
    return 2.0 * stats.norm.sf(abs(total) / math.sqrt(variance))


def holm(*p):
    """p of the first, corrected."""
    order, least = sorted(range(len(p)), key=lambda k: p[k]), 0.0
    for step, k in enumerate(order):
        least = max(least, min(1.0, (len(p) - step) * p[k]))
        if k == 0:
            return least
    return least


def max_t(groups, control, permutations=RESAMPLES):
    """p of the first group, corrected step-down; a step permutes the control with the groups that are left."""
    observed = [abs(rank_sums_z(group, control)) for group in groups]
    rng, least, left = (
        np.random.default_rng(2030),
        0.0,
        sorted(range(len(groups)), key=lambda k: -observed[k]),
    )
    while left:
        pool = np.concatenate([control, *(groups[k] for k in left)])
        mixed = rng.permuted(np.tile(pool, (permutations, 1)), axis=1)
        ends = np.cumsum([control.size, *(groups[k].size for k in left)])
        largest = np.max(
            [
                np.abs(rank_sums_z(part, mixed[:, : ends[0]]))
                for part in np.split(mixed, ends, axis=1)[1:-1]
            ],
            axis=0,
        )
        least = max(least, (1 + (largest >= observed[left[0]] - 1e-9).sum()) / (1 + permutations))
        if left.pop(0) == 0:
            return least
    return least


# ---- verdicts


def of_direction(effect, p, smallest, none=0.0):
    _, low, high = effect
    if p < 0.05 and low > none:
        return "holds"
    if p < 0.05 and high < none:
        return "reversed"
    return "no effect of interest" if -smallest <= low and high <= smallest else "inconclusive"


def of_equality(effect, least, most):
    _, low, high = effect
    if least <= low and high <= most:
        return "holds"
    return "differs" if low > most or high < least else "inconclusive"


def directed(effect, p, corrected, smallest, **more):
    """What is found of a claim of a direction; ``corrected`` is None of a family of one."""
    verdict = of_direction(effect, p if corrected is None else corrected, smallest)
    return {"effect": effect, "p": p, "corrected": corrected, "verdict": verdict} | more


def equal(effect, least, most):
    return {"effect": effect, "verdict": of_equality(effect, least, most)}


# ---- the claims: what they are tested on


def hierarchy_of_mengistu(name="q_score", cap=None):
    found = [column("mengistu2016/summary.csv", name, treatment=t) for t in ("pcc-25", "pcc-100", "pa")]
    return [np.nan_to_num(one, nan=cap) for one in found] if cap else found


def modular_with_some_cost():
    quarter, always, control = hierarchy_of_mengistu()
    corrected = max_t([quarter, always], control)
    return directed(cliffs_delta(quarter, control), rank_sum(quarter, control), corrected, DELTA)


def sooner_with_some_cost():
    quarter, always, control = hierarchy_of_mengistu("generations_to_solve", cap=25_000.0)
    return directed(
        cliffs_delta(-quarter, -control), rank_sum(control, quarter), max_t([quarter, always], control), DELTA,
        log_rank=log_rank(quarter, control, 25_000.0),
    )  # fmt: skip


def fitter_on_g1():
    path = "kashtan2007/kashtan2007-course/course.csv.gz"
    last = str(max(int(row["generation"]) for row in rows(path)))
    varying, fixed = (column(path, "best_fitness", treatment=t, generation=last) for t in ("mvg", "fg"))
    perfect = [(int((side == 1.0).sum()), side.size) for side in (varying, fixed)]
    p = rank_sum(varying, fixed)
    return directed(cliffs_delta(varying, fixed), p, holm(p, fisher(*perfect)), DELTA)


def times_of(treatment):
    return column("kashtan2005/summary.csv", "generations", treatment=treatment)


CAP = 100_000.0
SYSTEMS = (("mvg", "fg-and"), ("retina-mvg", "retina-fg"), ("mvg", "fg-or"))


def solved_more_often():
    counts = [[(int((times_of(t) < CAP).sum()), times_of(t).size) for t in pair] for pair in SYSTEMS]
    p = [fisher(*pair) for pair in counts]
    return directed(newcombe(*counts[0]), p[0], holm(*p), SHARE)


def faster():
    times = [[times_of(t) for t in pair] for pair in SYSTEMS]
    p = [rank_sum(*pair) for pair in times]
    return directed(
        cliffs_delta(-times[0][0], -times[0][1]),
        p[0],
        holm(*p),
        DELTA,
        log_rank=log_rank(*times[0], CAP),
    )


def decay(arm, generation):
    path, names = "kashtan2005/decay_controls.csv", {"arm": arm, "generation": str(generation)}
    return column(path, "q_m", **names)[np.argsort(column(path, "start", **names))]


def lower_for_the_goal():
    fixed, dearer = decay("fixed", 50), decay("fixed-dearer", 50)
    sides = [(decay("varying-dearer", 50), dearer), (decay("fixed", 0), fixed), (fixed, dearer)]
    p = [stats.wilcoxon(*pair).pvalue for pair in sides]
    return directed(in_pairs(*sides[0]), p[0], holm(*p), DELTA)


def hardest_goals(model):
    """Runs of every goal that is hard by every other fixed run: the fixed ones that did not choose it, and with MVG."""
    path, found = "kashtan2007/summary.csv", []
    for treatment in dict.fromkeys(row["treatment"] for row in rows(path)):
        if treatment.startswith(f"{model}-fg-"):
            fixed = column(path, "generations", treatment=treatment)
            varying = column(path, "generations", treatment=treatment.replace("-fg-", "-mvg-"))
            if np.median(fixed[::2]) > 25_000:
                found.append((fixed[1::2], varying))
    return found


def sooner_over_goals():
    goals = {model: hardest_goals(model) for model in ("gates", "nand")}
    medians = {
        m: np.log([[np.median(side) for side in pair] for pair in found]).T for m, found in goals.items()
    }
    p = [stats.wilcoxon(*medians[model]).pvalue for model in ("gates", "nand")]
    return directed(
        in_pairs(*medians["gates"]), p[0], holm(*p), DELTA, over_runs=van_elteren(goals["gates"])
    )


def as_soon_as_published():
    times = times_of("fg-and")
    return equal(to_published(times[times < CAP], 9_000.0, (7_000.0, 28_000.0)), 0.8, 1.25)


def recalled_q():
    values = column("clune2013/summary.csv", "q_score", treatment="pa-binary")
    return equal(to_published(values, 0.18, (0.16, 0.19)), 0.8, 1.25)


def published_q_m():
    q_m = column("kashtan2005/q_m.csv", "q_m", treatment="mvg")
    return equal(student(q_m.mean() - 0.54, math.hypot(standard_error(q_m), 0.02), q_m.size), -0.1, 0.1)


def published_mean_time():
    times = times_of("mvg")
    error, theirs = standard_error(times), 1_000.0 / math.sqrt(50)
    return equal(fieller(times.mean(), error, times.size, 1_400.0, theirs), 0.8, 1.25)


def all_solved_soon():
    soon = (int((times_of("mvg") < 10_000).sum()), 50)
    return equal(newcombe(soon, (50, 50)), -SHARE, SHARE)


def trained_or_not():
    trained, untrained = (
        column("filan2021/table.csv", "n_cut", data="fashion-mnist", way=way, is_pruned="0")
        for way in ("control", "untrained")
    )
    p = stats.mannwhitneyu(trained, untrained, method="exact").pvalue
    return directed(cliffs_delta(-trained, -untrained), p, None, DELTA)


WAYS = (
    ("l2-authors-code", "1", -1), ("control", "0", -1), ("dropout", "0", -1), ("l1", "0", 1),
    ("l2-authors-code", "0", 1), ("control", "1", -1), ("dropout", "1", -1), ("l1", "1", 1),
)  # fmt: skip


def side_of_the_shuffles():
    z = [
        sign * column("filan2021/table.csv", "z", data="fashion-mnist", way=way, is_pruned=is_pruned)
        for way, is_pruned, sign in WAYS
    ]
    p = [stats.ttest_1samp(one, 0.0).pvalue for one in z]
    return directed(student(z[0].mean(), standard_error(z[0]), 5), p[0], holm(*p), 1.0)


def higher_q():
    q = [
        column("clune2013/summary.csv", "q_score", treatment=t)
        for t in ("pcc", "pa", "pcc-binary", "pa-binary")
    ]
    p = [rank_sum(*q[:2]), rank_sum(*q[2:])]
    return directed(cliffs_delta(*q[:2]), p[0], holm(*p), DELTA)


def switching_every_20():
    path = "kashtan2007/kashtan2007-periods/summary.csv"
    times = [
        [column(path, "generations", treatment=f"n{n}-{kind}") for kind in ("e20", "fg")]
        for n in (500, 50, 100, 200)
    ]
    p = [rank_sum(*pair) for pair in times]
    return directed(
        cliffs_delta(-times[0][0], -times[0][1]),
        p[0],
        holm(*p),
        DELTA,
        log_rank=log_rank(*times[0], 20_000.0),
    )


CLAIMS = {
    ("mengistu2016", "P&CC (p = 0.25) is more modular (higher Q) than PA"): modular_with_some_cost,
    ("mengistu2016", "P&CC (p = 0.25) reaches a solution in fewer generations than PA"): sooner_with_some_cost,
    ("kashtan2007", "Fig. 3, selection as quoted: varying goals end fitter on G1 than the fixed goal"): fitter_on_g1,
    ("kashtan2005", "circuits: MVG is solved more often than FG"): solved_more_often,
    ("kashtan2005", "circuits: MVG is faster than FG"): faster,
    ("kashtan2005", "with the penalty raised, modularity is the lower for the goal being fixed"): lower_for_the_goal,
    (
        "kashtan2007", "gate layers: goals that vary (MVG) solve the hardest goals sooner than a fixed goal",
    ): sooner_over_goals,
    (
        "kashtan2005", "circuits, FG (AND): 9,000 (+19,000, -2,000) generations, given success",
    ): as_soon_as_published,
    ("clune2013", "median Q of PA is 0.18 [0.16, 0.19] (recalled), weights 2 -1 1 2"): recalled_q,
    ("kashtan2005", "circuits, MVG: Q_m 0.54 ± 0.02"): published_q_m,
    ("kashtan2005", "circuits, MVG: 1,400 ± 1,000 generations (mean, SD)"): published_mean_time,
    ("kashtan2005", "circuits, MVG: 50/50 solved in < 10,000 generations"): all_solved_soon,
    ("filan2021", "a trained network has a lower n-cut than an untrained one"): trained_or_not,
    (
        "filan2021", "L2 with L1 in the first layer, pruned: more clusterable than its shuffles (mean z -3.9)",
    ): side_of_the_shuffles,
    ("clune2013", "P&CC has the higher Q, weights -2 -1 1 2"): higher_q,
    ("kashtan2007", "goals that switch every 20 are solved sooner than a fixed one, 500 circuits"): switching_every_20,
}  # fmt: skip


# ---- the shapes whose tables are all of version 0.1: tested as soon as they are not


def costs_that_count():
    """Q by the share of comparisons in which the cost counts; of networks without a connection there is none."""
    doses = {
        "pa": 0.0,
        "pcc-10": 0.1,
        "pcc": 0.25,
        "pcc-50": 0.5,
        "pcc-75": 0.75,
        "pcc-95": 0.95,
        "pcc-100": 1.0,
    }
    x, y = [], []
    for name, dose in doses.items():
        path = f"clune2013/{'' if name in ('pa', 'pcc') else 'clune2013-sweeps/'}summary.csv"
        q = column(path, "q_score", treatment=name)[column(path, "connections", treatment=name) > 0]
        x, y = [*x, *np.full(q.size, dose)], [*y, *q]
    x, y = np.array(x), np.array(y)
    return correlation(x, y, doses=True), stats.spearmanr(x, y).pvalue


def ranks_within(values, names):
    """Ranks from -0.5 to 0.5 within treatments."""
    found = np.empty(values.size)
    for name in set(names):
        mine = names == name
        found[mine] = (stats.rankdata(values[mine]) - 0.5) / mine.sum() - 0.5
    return found


def adapting_sooner():
    """Ranks of Q and of generations to adapt, of perfect networks that never switched goals; the cap is 1,000."""
    known = {(r["treatment"], r["replicate"]): r for r in rows("causes/summary.csv")}
    q, times, names = [], [], []
    for row in rows("causes/adaptation.csv"):
        run = known[row["treatment"], row["replicate"]]
        if (
            row["goal"] == "neither"
            and float(run["fitness:left-and-right"]) == 1.0
            and "switching" not in row["treatment"]
        ):
            q.append(float(run["q_score"]))
            times.append(float(row["nearly"] or 1000))
            names.append(row["treatment"])
    x, y = (ranks_within(np.array(side), np.array(names)) for side in (q, times))
    return correlation(x, -y), stats.spearmanr(x, -y).pvalue


WAITING = {
    (
        "clune2013", "clune2013/clune2013-sweeps",
        "Q rises with the share of comparisons in which the cost counts, from 0 to 1",
    ): costs_that_count,
    (
        "causes", "causes",
        "within treatments, the higher Q, the sooner copies adapt to a related goal; goals never switched",
    ): adapting_sooner,
}  # fmt: skip


# ---- comparisons


@cache
def committed(paper, text):
    found = json.loads((RESULTS / paper / "claims.json").read_text(encoding="utf-8"))
    return next(row for row in found if row["claim"] == text)


def numbers_of(text):
    """Of an effect: percentage points are shares."""
    found = [float(n) for n in re.findall(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?", text)]
    return [n / 100.0 for n in found] if "percentage points" in text else found


def is_printed(text, value):
    """Whether a number is the one that is printed, to two digits."""
    return float(text) == pytest.approx(value, rel=0.06)


def compare_effect(effect, text, is_of_medians=False):
    """Intervals that are drawn are those of delta, r and rho that are not 1, and of ratios of medians."""
    value, *ends = numbers_of(text)
    printed = {"abs": 0.0051, "rel": 0.0051}
    assert value == pytest.approx(effect[0], **printed)
    is_rank = text.split()[0] in ("delta", "r", "rho") and abs(value) < 1.0
    reach = {"abs": 0.03} if is_rank else {"rel": 0.08} if is_of_medians else printed
    assert ends == pytest.approx(effect[1:], **reach)


@pytest.mark.parametrize(("paper", "text"), CLAIMS)
def test_a_claim_comes_out_again_from_the_tables_alone(paper, text):
    ours, theirs = CLAIMS[paper, text](), committed(paper, text)
    compare_effect(ours["effect"], theirs["effect"], theirs["test"].startswith("ratio to"))
    assert ours["verdict"] == theirs["verdict"]
    for name, words in (("log_rank", "log-rank p = "), ("over_runs", "of these goals p = ")):
        assert (words in theirs["test"]) == (name in ours)
        if name in ours:
            assert is_printed(re.search(rf"{words}(\S+?)(?:[ ;]|$)", theirs["test"])[1], ours[name])
    if "p" in ours:
        assert is_printed(re.search(r"p = (\S+?)(?:[ ,;]|$)", theirs["test"])[1], ours["p"])
    corrected = re.search(r"\((\S+) by (Holm|max-T) over \d+\)", theirs["test"])
    assert bool(corrected) == (ours.get("corrected") is not None)
    if corrected and corrected[2] == "Holm":
        assert is_printed(corrected[1], ours["corrected"])
    elif corrected:
        assert float(corrected[1]) == pytest.approx(max(ours["corrected"], ours["p"]), abs=0.004)


@pytest.mark.parametrize(("paper", "text"), CLAIMS)
def test_the_page_of_results_says_what_the_verdicts_do(paper, text):
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    row = next(
        line for line in page.splitlines() if re.match(rf"\| {re.escape(text)}( \(ours\))? \|", line)
    )
    theirs = committed(paper, text)
    cells = [cell.strip(" *") for cell in row.split("|")]
    assert (cells[2].partition(" (of interest")[0], cells[4]) == (theirs["effect"], theirs["verdict"])


@pytest.mark.parametrize(("paper", "folder", "text"), WAITING)
def test_a_claim_on_old_tables_has_no_verdict_and_on_new_ones_that_of_the_tables(paper, folder, text):
    theirs = committed(paper, text)
    if theirs["verdict"] == "made by 0.1":
        assert version(folder).startswith("0.1.") and theirs["effect"] == ""
        return
    assert not version(folder).startswith("0.1.")
    effect, p = WAITING[paper, folder, text]()
    compare_effect(effect, theirs["effect"])
    assert is_printed(re.search(r"p = (\S+?)(?:[ ,;]|$)", theirs["test"])[1], p)
