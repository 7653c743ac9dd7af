"""Effects, their intervals and the rule of verdicts: by hand, beside scipy, and on simulated data of known truth.

Simulations have fixed seeds and few draws: bounds leave four standard errors of a share of 200 (0.06 at 0.95).
"""

import math

import numpy as np
import pytest
from scipy import stats

from evomod import effects, verdicts
from evomod.effects import Effect
from evomod.errors import EvomodError
from evomod.statistics import rank_correlation, rank_sum, signed_rank
from evomod.verdicts import DELTA, SHARE

RUNS = 200
CLOSE = 0.06


@pytest.fixture
def few_resamples(monkeypatch):
    """A fifteenth of the resamples, which costs an interval's ends 0.01: simulations take seconds in place of minutes."""
    monkeypatch.setattr(effects, "RESAMPLES", 600)


def drawn(shift, n, rng, sd=1.0):
    return rng.normal(shift, sd, n)


def delta_of(shift):
    """Cliff's delta of two unit normals."""
    return math.erf(shift / 2.0)


# ---- by hand and beside scipy


def test_delta_is_that_of_the_rank_sum_and_its_interval_that_of_scipy():
    rng = np.random.default_rng(1)
    a, b = drawn(0.5, 20, rng), drawn(0.0, 15, rng)
    found = effects.delta(a, b)
    assert found.value == pytest.approx(rank_sum(a, b).cliffs_delta)

    def cliff(x, y, axis=-1):
        return np.sign(x[..., :, None] - y[..., None, :]).mean(axis=(-1, -2))

    theirs = stats.bootstrap(
        (a, b), cliff, n_resamples=4000, method="BCa", random_state=1, vectorized=True
    )
    ends = theirs.confidence_interval
    assert found.low == pytest.approx(ends.low, abs=0.04) and found.high == pytest.approx(
        ends.high, abs=0.04
    )


def test_an_interval_of_complete_separation_is_no_point():
    found = effects.delta(range(10, 20), range(10))
    assert found.value == found.high == 1.0 and found.low == pytest.approx(0.445, abs=0.001)
    assert effects.delta(range(10), range(10, 20)) == Effect("delta", -1.0, -1.0, -found.low)
    assert not effects.delta([1.0], [2.0, 3.0]).is_known
    assert effects.pairs(range(1, 11), range(10)).low == pytest.approx(0.445, abs=0.001)


def test_constant_and_missing_values():
    assert effects.delta([1, 1, 1], [1, 1, 1]) == Effect("delta", 0.0, 0.0, 0.0)
    assert effects.delta([math.nan, 3, 4, 5], [1, 2, math.nan]).value == 1.0
    assert not effects.rho([1, 1, 1], [1, 2, 3]).is_known
    assert not effects.pairs([1, 1, 1, 2], [1, 1, 1, 1]).is_known
    assert not effects.ratio_to([1.0], 2.0).is_known and not effects.shares((0, 0), (1, 2)).is_known
    with pytest.raises(EvomodError, match="positive published number"):
        effects.ratio_to([1.0, 2.0], -1.0)
    with pytest.raises(EvomodError, match="pairs; got 1 and 2"):
        effects.rho([1], [1, 2])


def test_rho_and_r_are_scipys():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=25), rng.normal(size=25)
    assert effects.rho(a, b).value == pytest.approx(rank_correlation(a, b).rho)
    assert effects.pairs(a, b).value == pytest.approx(signed_rank(a, b).r)
    theirs = stats.bootstrap(
        (a, b), lambda x, y: stats.spearmanr(x, y).statistic, paired=True, vectorized=False, n_resamples=1000,
        method="BCa", random_state=1,
    ).confidence_interval  # fmt: skip
    found = effects.rho(a, b)
    assert found.low == pytest.approx(theirs.low, abs=0.06) and found.high == pytest.approx(
        theirs.high, abs=0.06
    )


def test_newcombes_examples():
    """His table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/20."""
    for a, b, low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ):
        found = effects.shares(a, b)
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_mcnemar_by_hand():
    found, p = effects.paired_shares(10, 6, 0, 4)
    assert found.value == pytest.approx(0.3) and p == pytest.approx(2 / 2**6)
    assert effects.paired_shares(5, 0, 0, 5)[1] == 1.0
    assert not effects.paired_shares(0, 0, 0, 0)[0].is_known


def test_log_rank_of_censored_times_is_scipys_and_needs_an_event():
    a, b = [1, 3, 5, 9, 9], [2, 9, 9, 9, 9]
    x = stats.CensoredData([1, 3, 5], right=[9, 9])
    y = stats.CensoredData([2], right=[9] * 4)
    assert effects.log_rank(a, b, 9) == pytest.approx(stats.logrank(x, y).pvalue)
    assert math.isnan(effects.log_rank([9, 9], [9, 9], 9)) and math.isnan(effects.log_rank([], [1.0], 9))


def test_a_stratified_test_of_one_stratum_is_the_rank_sums():
    rng = np.random.default_rng(3)
    a, b = drawn(0.4, 30, rng), drawn(0.0, 25, rng)
    normal = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue
    assert effects.stratified([(a, b)]) == pytest.approx(normal)
    assert effects.stratified([([1, 1], [1, 1])]) == 1.0


def test_max_t_by_exhausting_its_permutations():
    """One group: the permutation p of the rank-sum; a group that is the control's equal leaves p at 1."""
    a, b = np.array([1.0, 2.0, 3.0, 10.0, 11.0]), np.array([4.0, 5.0, 6.0, 7.0, 12.0])
    exact = stats.mannwhitneyu(a, b, method="exact").pvalue
    assert effects.max_t([a], b)[0] == pytest.approx(exact, abs=0.015)
    found = effects.max_t([a + 100.0, b, []], b, 2000)
    assert found[0] < 0.02 and found[1] > 0.9 and math.isnan(found[2])


def test_a_step_of_max_t_is_never_below_a_larger_effects():
    rng = np.random.default_rng(4)
    groups, control = [drawn(shift, 12, rng) for shift in (0.0, 0.6, 1.2)], drawn(0.0, 12, rng)
    p = effects.max_t(groups, control, 2000)
    raw = [rank_sum(group, control).p for group in groups]
    assert np.argsort(p, kind="stable").tolist() == np.argsort(raw).tolist()
    assert (p >= np.array(raw) - 0.02).all()


def test_the_z_of_max_t_is_the_rank_sums_with_ties():
    rng = np.random.default_rng(5)
    a, b = (rng.integers(0, 4, size).astype(float) for size in (20, 30))
    normal = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue
    z = effects._rank_z(*effects._pooled(b, [a]))[0, 0]
    assert 2.0 * stats.norm.sf(abs(z)) == pytest.approx(normal)
    assert effects._rank_z(*effects._pooled(np.ones(3), [np.ones(4)])).tolist() == [[0.0]]


def test_a_group_that_was_told_apart_changes_nothing_for_those_that_are_left():
    """Mengistu et al.: fitness of a group that is perfect throughout made the p of another less than uncorrected."""
    rng = np.random.default_rng(6)
    control, group = (np.where(rng.random(30) < 0.3, 1.0, rng.random(30)) for _ in range(2))
    alone = effects.max_t([group], control, 4000)[0]
    beside = effects.max_t([group, np.ones(30)], control, 4000)
    assert beside[1] < 0.01 and beside[0] == pytest.approx(alone, abs=0.015)


def test_fiellers_interval_by_hand_and_without_a_bound():
    """2 ± 0.2 to 1 ± 0.1, t of 1.96: ends where (2 - r)² = t² (0.04 + 0.01 r²)."""
    found = effects.ratio_of_means((2.0, 0.2, 100_000), (1.0, 0.1))
    for end in (found.low, found.high):
        assert (2.0 - end) ** 2 == pytest.approx(1.96**2 * (0.04 + 0.01 * end**2), rel=1e-3)
    assert found.low > 0.0 and found.high - 2.0 > 2.0 - found.low
    assert not effects.ratio_of_means((2.0, 0.2, 50), (1.0, 0.6)).is_known
    assert not effects.ratio_of_means((2.0, math.nan, 1), (1.0, 0.1)).is_known


def test_mediation_by_hand_and_where_it_is_unknown():
    """Slopes of numpy's least squares; outcome = 1 + group + 2 mediator - 3 other, exactly."""
    rng = np.random.default_rng(5)
    m = [rng.normal(0.8, 1.0, 12), rng.normal(0.0, 1.0, 9)]
    y = [1.0 + 2.0 * m[0] + rng.normal(0.0, 0.3, 12), 2.0 * m[1] + rng.normal(0.0, 0.3, 9)]
    group = np.repeat([1.0, 0.0], (12, 9))
    columns = np.column_stack((np.ones(21), group, np.concatenate(m)))
    _, direct, slope = np.linalg.lstsq(columns, np.concatenate(y))[0]
    found = effects.mediation((m[0], y[0]), (m[1], y[1]))
    assert found.direct.value == pytest.approx(direct)
    assert found.indirect.value == pytest.approx(slope * (m[0].mean() - m[1].mean()))
    total = found.direct.value + found.indirect.value
    assert total == pytest.approx(y[0].mean() - y[1].mean())
    assert found.indirect.low < found.indirect.value < found.indirect.high
    for m_a in ([1.0, 1.0, 1.0], [1.0, 2.0, math.nan]):
        assert not effects.mediation(
            (m_a, [1.0, 2.0, 3.0]), ([0.0] * 3, [1.0, 2.0, 3.0])
        ).indirect.is_known


# ---- coverage of intervals


@pytest.mark.parametrize(
    ("a", "b", "n"), [(0.0, 0.7, 50), (0.8, 0.0, 50), (0.8, 0.7, 50), (1.5, 0.5, 20)]
)
def test_coverage_of_an_indirect_effect(a, b, n, few_resamples):
    """The product of both paths; a direct effect is none of its business."""
    rng, held, told = np.random.default_rng(13), 0, 0
    for _ in range(RUNS):
        one, other = drawn(a, n, rng), drawn(0.0, n, rng)
        found = effects.mediation(
            (one, 0.5 + b * one + drawn(0, n, rng)), (other, b * other + drawn(0, n, rng))
        )
        held += found.indirect.low <= a * b <= found.indirect.high
        told += found.p < 0.05
    assert held / RUNS > 0.95 - CLOSE
    assert told / RUNS < 0.05 + CLOSE if a * b == 0.0 else told / RUNS > 0.5


@pytest.mark.parametrize(("n", "shift"), [(10, 0.0), (10, 0.9), (30, 0.45), (50, 2.0)])
def test_coverage_of_delta(n, shift, few_resamples):
    rng = np.random.default_rng(10)
    found = [effects.delta(drawn(shift, n, rng), drawn(0.0, n, rng)) for _ in range(RUNS)]
    assert np.mean([e.low <= delta_of(shift) <= e.high for e in found]) > 0.95 - CLOSE


@pytest.mark.parametrize("truth", [0.0, 0.5])
def test_coverage_of_rho(truth, few_resamples):
    """Spearman's rho of a bivariate normal is 6 / pi · asin(r / 2)."""
    rng, r = np.random.default_rng(11), 2.0 * math.sin(math.pi * truth / 6.0)
    held = 0
    for _ in range(RUNS):
        a = rng.normal(size=30)
        found = effects.rho(a, r * a + math.sqrt(1.0 - r * r) * rng.normal(size=30))
        held += found.low <= truth <= found.high
    assert held / RUNS > 0.95 - CLOSE


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.8, 0.02), (0.98, 0.6)])
def test_coverage_of_a_difference_of_shares(p, q, few_resamples):
    rng = np.random.default_rng(12)
    counts = rng.binomial(50, (p, q), (400, 2)).tolist()
    found = [effects.shares((a, 50), (b, 50)) for a, b in counts]
    assert np.mean([e.low <= p - q <= e.high for e in found]) > 0.95 - CLOSE


def test_coverage_of_a_ratio_to_a_published_median(few_resamples):
    """Both are medians of 50 log-normal times of one law; theirs is published with its own interval."""
    rng, held = np.random.default_rng(13), 0
    for _ in range(RUNS):
        theirs, ours = rng.lognormal(7.0, 1.0, (2, 50))
        medians = np.median(rng.choice(theirs, (500, 50)), axis=1)
        ends = tuple(np.quantile(medians, (0.025, 0.975)).tolist())
        found = effects.ratio_to(ours, float(np.median(theirs)), ends)
        held += found.low <= 1.0 <= found.high
    assert held / RUNS > 0.95 - CLOSE


def test_coverage_of_a_ratio_of_means():
    """Of 30 values with a mean of 1.5 to 50 with a mean of 1, both spreading by two thirds of their means."""
    rng, held = np.random.default_rng(14), 0
    for _ in range(400):
        ours, theirs = drawn(1.5, 30, rng, 1.0), drawn(1.0, 50, rng, 0.66)
        (a, error_a), (b, error_b) = ((x.mean(), x.std(ddof=1) / x.size**0.5) for x in (ours, theirs))
        found = effects.ratio_of_means((a, error_a, 30), (b, error_b))
        held += found.low <= 1.5 <= found.high
    assert held / 400 > 0.95 - 0.045


# ---- level and power of verdicts


def verdicts_of(shift, n, runs, seed, smallest=DELTA):
    rng = np.random.default_rng(seed)
    for _ in range(runs):
        a, b = drawn(shift, n, rng), drawn(0.0, n, rng)
        yield verdicts.of_direction(effects.delta(a, b), rank_sum(a, b).p, smallest)


def share_of(found, word):
    found = list(found)
    return sum(one == word for one in found) / len(found)


def test_without_an_effect_a_direction_is_seldom_told(few_resamples):
    found = list(verdicts_of(0.0, 30, 400, 20))
    assert share_of(found, "holds") + share_of(found, "reversed") < 0.05 + 0.04


def test_the_declared_size_shows_the_declared_effect_with_80_percent_power(few_resamples):
    """Delta 0.47, the effect of a cost in version 0.1, by 50 against 50 (shift 0.89)."""
    assert share_of(verdicts_of(0.888, 50, RUNS, 21), "holds") > 0.8
    assert share_of(verdicts_of(-0.888, 50, RUNS, 22), "reversed") > 0.8


def test_no_effect_of_interest_is_told_of_none_and_not_of_one_at_the_bound(few_resamples):
    assert share_of(verdicts_of(0.0, 100, RUNS, 23), "no effect of interest") > 0.8
    at_the_bound = 2.0 * stats.norm.ppf((1.0 + DELTA) / 2.0) / math.sqrt(2.0)
    assert delta_of(at_the_bound) == pytest.approx(DELTA)
    assert share_of(verdicts_of(at_the_bound, 50, 400, 24), "no effect of interest") < 0.025 + 0.03


def test_ten_runs_do_not_tell_that_there_is_nothing(few_resamples):
    found = list(verdicts_of(0.0, 10, RUNS, 25))
    assert share_of(found, "no effect of interest") < 0.1 and share_of(found, "inconclusive") > 0.8


def test_equivalence_of_a_ratio_has_its_level_and_power(few_resamples):
    rng, found = np.random.default_rng(26), {"same": [], "at the bound": []}
    for _ in range(RUNS):
        same = rng.lognormal(0.0, 0.4, 50)
        for name, factor in (("same", 1.0), ("at the bound", 1.25)):
            found[name].append(verdicts.of_equality(effects.ratio_to(same * factor, 1.0), 0.25))
    assert share_of(found["same"], "holds") > 0.8
    assert share_of(found["at the bound"], "holds") < 0.025 + 0.03
    assert share_of(found["same"], "differs") < 0.01


def test_a_family_errs_once_in_twenty_by_max_t(few_resamples):
    """Six groups like the control: how often any of them is told from it."""
    rng, any_told = np.random.default_rng(27), 0
    for _ in range(RUNS):
        control, *groups = drawn(0.0, 7 * 15, rng).reshape(7, 15)
        any_told += effects.max_t(groups, control, 300).min() < 0.05
    assert any_told / RUNS < 0.05 + CLOSE


def test_max_t_keeps_its_level_for_a_group_like_the_control_beside_others_that_are_not(few_resamples):
    """Values tie at the top, as fitness does, and the other groups are at the top throughout."""
    rng, told = np.random.default_rng(29), 0
    for _ in range(400):
        control, group = (np.where(rng.random(30) < 0.3, 1.0, rng.random(30)) for _ in range(2))
        told += effects.max_t([group, *np.ones((3, 30))], control, 200)[0] < 0.05
    assert told / 400 < 0.07


def test_max_t_tells_more_than_holm_where_tests_share_a_control(few_resamples):
    from evomod.statistics import holm

    rng, told = np.random.default_rng(28), np.zeros(2)
    for _ in range(60):
        control, *groups = drawn(0.0, 7 * 30, rng).reshape(7, 30)
        groups = [group + 0.75 for group in groups]
        told += [
            (effects.max_t(groups, control, 400) < 0.05).sum(),
            (holm([rank_sum(group, control).p for group in groups]) < 0.05).sum(),
        ]
    assert told[0] > told[1]


@pytest.mark.parametrize(
    ("low", "high", "p", "verdict"),
    [
        (0.1, 0.5, 0.01, "holds"),
        (0.1, 0.2, 0.01, "holds"),  # small, and there
        (0.1, 0.5, 0.06, "inconclusive"),  # not after the correction of its family
        (-0.5, -0.1, 0.01, "reversed"),
        (-0.3, 0.3, 0.9, "no effect of interest"),
        (-0.3, 0.4, 0.9, "inconclusive"),
        (math.nan, math.nan, 0.01, "inconclusive"),
        (-0.3, 0.3, math.nan, "inconclusive"),
    ],
)
def test_verdicts_of_a_direction(low, high, p, verdict):
    assert verdicts.of_direction(Effect("delta", (low + high) / 2.0, low, high), p, DELTA) == verdict


@pytest.mark.parametrize(
    ("kind", "low", "high", "smallest", "verdict"),
    [
        ("shares", -0.1, 0.14, SHARE, "holds"),
        ("shares", -0.1, 0.16, SHARE, "inconclusive"),
        ("shares", 0.16, 0.3, SHARE, "differs"),
        ("ratio", 0.81, 1.24, 0.25, "holds"),
        ("ratio", 0.79, 1.24, 0.25, "inconclusive"),
        ("ratio", 1.26, 2.0, 0.25, "differs"),
        ("ratio", 0.2, 0.79, 0.25, "differs"),
        ("delta", math.nan, math.nan, DELTA, "inconclusive"),
    ],
)
def test_verdicts_of_an_equality(kind, low, high, smallest, verdict):
    assert verdicts.of_equality(Effect(kind, (low + high) / 2.0, low, high), smallest) == verdict
