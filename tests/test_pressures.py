"""Pressures in evolution: weights, pruning, dropout, goal switching; what they are and who may have them."""

import tomllib
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import naive
import naive_pressures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import evomod
from evomod.config import Config, apply_pressures, dump_config, towards
from evomod.errors import EvomodError
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare
from evomod.population import goal_bits, score
from evomod.pressures import dropout, pruning, weights
from evomod.runs.run import load_run, run
from evomod.studies.definition import load_definition

RETINA = (8, 8, 4, 2, 1)
SMALL = {"population": 30, "generations": 12}
CIRCUIT, GATES = {"task": "circuit"}, {"task": "circuit", "network": {"encoding": "gate-layers"}}
THRESHOLD = {"network": {"encoding": "threshold"}}
REAL = {"network": {"encoding": "layered-real"}}


def config(pressures, **sections):
    return Config(**({"task": "retina", "evolution": SMALL} | sections), pressures=pressures)


def generations(pressures, seed=1, **sections):
    return list(evolve(config(pressures, **sections), seed=seed))


def weights_of(setup, genome):
    """Weights of the working connections, by the oracle."""
    alphabet = setup.encoding.weights[1:].tolist()
    connections, _ = naive.decode(RETINA, genome.tolist(), alphabet, setup.encoding.biases.tolist())
    return naive_pressures.working_connections(RETINA, connections).values()


# ------------------------------------------------------------------------------- modularity


@pytest.mark.parametrize(("direction", "sign"), [("up", 1.0), ("down", -1.0)])
def test_q_is_pushed_up_or_down(direction, sign):
    for generation in generations({"modularity": {"direction": direction}})[::6]:
        setup = generation.setup
        networks = [
            setup.encoding.network(genome).simplified() for genome in generation.population.genomes
        ]
        wanted = [
            evomod.modularity(network, method=setup.config.tracking.q_method).q for network in networks
        ]
        assert_allclose(generation.objectives[:, 1], sign * np.array(wanted), atol=1e-9)


def test_a_direction_of_q_that_is_none_is_refused():
    with pytest.raises(EvomodError, match="modularity.direction"):
        config({"modularity": {"direction": "sideways"}})


# ---------------------------------------------------------------------------------- weights


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_norms_of_integer_networks_are_exact(norm):
    for generation in generations({norm: {}})[:3]:
        setup, oracle = generation.setup, getattr(naive_pressures, norm)
        wanted = [oracle(weights_of(setup, genome)) for genome in generation.population.genomes]
        assert max(wanted) > 0
        assert generation.objectives[:, 1].tolist() == [-value for value in wanted]


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_norms_of_real_and_threshold_networks(norm):
    oracle = getattr(naive_pressures, norm)
    for sections in (REAL, {**THRESHOLD, "selection": {"method": "nsga2"}}):
        last = generations({norm: {}}, **sections)[-1]
        for k, genome in enumerate(last.population.genomes[:10]):
            simple = last.setup.encoding.network(genome).simplified()
            summed = {}
            for s, t, w in zip(simple.source, simple.target, simple.weight, strict=True):
                summed[s, t] = summed.get((s, t), 0.0) + w
            assert_allclose(-last.objectives[k, 1], oracle(summed.values()), rtol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.floats(0, 100), min_size=3, max_size=3), min_size=1, max_size=5))
def test_the_root_of_squares_never_exceeds_the_sum(rows):
    table = np.array(rows)
    assert (weights.l2(table) <= weights.l1(table) * (1 + 1e-12)).all()
    assert_allclose(weights.l2(2 * table), 2 * weights.l2(table))


@pytest.mark.parametrize("name", ["l1", "l2", "connection-cost"])
@pytest.mark.parametrize("method", ["nsga2", "elite", "roulette"])
def test_a_penalty_is_taken_off_the_fitness_that_selection_sees(name, method):
    last = generations({name: {"penalty": 1e-6}}, selection={"method": method})[1]
    priced = generations({name: {}})[1]
    population, setup = last.population, last.setup
    number = population.measured[name]
    assert last.objectives.shape == (30, 1) and priced.objectives.shape == (30, 2)
    assert_array_equal(last.objectives[:, 0], last.fitness - 1e-6 * number)
    assert number.any() and (last.fitness == last.fitness_on("left-and-right")).all()
    fresh = setup.encoding.simplify(population.genomes)
    if name == "connection-cost":
        afresh = setup.toolbox.cost(fresh, np.full(30, -1), np.zeros(30))
    else:
        strengths = setup.encoding.working_strengths(population.genomes, fresh)
        afresh = getattr(weights, name)(strengths)
    assert_array_equal(number, afresh)


def test_a_high_price_leaves_hardly_any_connection():
    free, dear = (generations(p)[-1] for p in ({}, {"l1": {"penalty": 10.0}}))
    count = [g.setup.encoding.simplify(g.population.genomes).astype(bool).sum() for g in (free, dear)]
    assert count[1] < count[0] / 2


def test_many_objectives_at_once():
    """Five of them, and DEAP's view of them."""
    from evomod.evolution.operators import individuals

    every = {"connection-cost": {}, "behavioural-diversity": {}, "l1": {}, "l2": {"probability": 0.5}}
    last = generations(every)[-1]
    assert last.setup.probabilities.tolist() == [1.0, 0.25, 1.0, 1.0, 0.5]
    assert last.objectives.shape == (30, 5)
    seen = individuals(last.population.genomes, last.objectives)
    assert [i.fitness.values for i in seen] == [tuple(row) for row in last.objectives.tolist()]


# ---------------------------------------------------------------------------------- pruning


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("fewest", [0, 7])
def test_pruning_removes_what_the_oracle_removes(fraction, fewest):
    encoding = prepare(config({})).encoding
    genomes = encoding.birth(40, np.random.default_rng(1))
    genomes[0, : encoding.n_edges] = 0
    strengths = encoding.strengths(genomes)
    gone = pruning.least(strengths > 0.0, strengths, fraction, fewest, np.random.default_rng(2))
    pruned = encoding.without(genomes, gone)
    table = [[value or None for value in row] for row in strengths.tolist()]
    gone = naive_pressures.prune(table, fraction, fewest, np.random.default_rng(2))
    for before, after, edges in zip(genomes.tolist(), pruned.tolist(), gone, strict=True):
        assert after == [0 if edge in edges else gene for edge, gene in enumerate(before)]
    assert any(gone)


@pytest.mark.parametrize("sections", [{}, REAL])
def test_a_lesion_is_worth_what_the_network_without_the_connection_lacks(sections):
    seen = []
    true = pruning.losses

    def watched(encoding, genomes, *given):
        seen.append((genomes, true(encoding, genomes, *given)))
        return seen[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruning, "losses", watched)
        patch.setattr(pruning, "BLOCK", 500)  # several blocks
        last = generations({"pruning": {"every": 12, "by": "lesion"}}, **sections)[-1]
    setup, ((genomes, importance),) = last.setup, seen
    patterns = evomod.load_task("retina").tables["left-and-right"][0]

    def fitness(network):
        said = network.answer(evomod.task.all_patterns(8))[:, 0]
        return np.where(patterns, said > 0, said < 0).mean()

    for genome, row in list(zip(genomes, importance, strict=True))[::10]:
        whole = fitness(setup.encoding.network(genome))
        for edge in np.flatnonzero(genome[: setup.encoding.n_edges]).tolist():
            cut = genome.copy()
            cut[edge] = 0
            assert row[edge] == whole - fitness(setup.encoding.network(cut))
    assert importance.any()


@pytest.mark.parametrize("method", ["nsga2", "elite"])
def test_survivors_are_pruned_on_time_answered_and_ranked_anew(method):
    section = {"every": 4, "fraction": 0.5}
    kept = {"weight_changes": 0.0, "bias_rate": 0.0, "add_connection": 0.0, "delete_connection": 0.0}
    history = generations({"pruning": section}, variation=kept, selection={"method": method})
    setup = history[0].setup
    most = [(g.population.genomes[:, : setup.encoding.n_edges] != 0).sum(axis=1).max() for g in history]
    for number, (before, after) in enumerate(pairwise(most), 1):
        assert after <= before and (number % 4 or before == 0 or after < before)
    for generation in history:
        genomes = generation.population.genomes
        states = setup.encoding.memory(30)
        said = setup.encoding.answer(genomes, np.full(30, -1), np.arange(30), states)
        goal = goal_bits(setup.task, "left-and-right")
        assert_array_equal(generation.fitness, score(*said, goal, "strict"))
        assert_array_equal(generation.objectives[:, 0], generation.fitness)


def test_pruning_leaves_the_fewest_connections():
    last = generations(
        {"pruning": {"every": 1, "fraction": 1.0}},
        variation={"min_connections": 9, "add_connection": 0.0},
    )[-1]
    n = (last.population.genomes[:, : last.setup.encoding.n_edges] != 0).sum(axis=1)
    assert n.max() == 9


# -------------------------------------------------------------------------- a range of connections


@pytest.mark.parametrize("method", ["nsga2", "elite"])
@pytest.mark.parametrize("sections", [{}, REAL, THRESHOLD])
def test_whoever_is_closer_to_the_range_comes_first(sections, method):
    section, given = {"fewest": 10, "most": 12}, sections | {"selection": {"method": method}}
    for generation in generations({"connection-range": section}, **given):
        setup, population = generation.setup, generation.population
        working = setup.encoding.simplify(population.genomes) != 0
        outside = [max(10 - n, n - 12, 0) for n in working.sum(axis=1).tolist()]
        scored = generation.objectives[:, 0].tolist()
        for fitness, less, n in zip(generation.fitness.tolist(), scored, outside, strict=True):
            assert less + 1e6 * n == pytest.approx(fitness, abs=0.5)  # less the price of size, if any
    assert outside[generation.best_row] == min(outside)


def test_networks_come_into_the_range_and_stay_there():
    history = generations(
        {"connection-range": {"fewest": 20, "most": 22}, "connection-cost": {"probability": 1.0}}
    )
    last = history[-1]
    working = last.setup.encoding.simplify(last.population.genomes) != 0
    assert set(working.sum(axis=1).tolist()) <= {20, 21, 22}


# ---------------------------------------------------------------------------------- dropout


def fitness_under(setup, genome, silent):
    """Fitness of one network with these hidden neurons silent, by the oracle."""
    layers = setup.encoding.wiring.layers
    alphabet, biases = setup.encoding.weights[1:].tolist(), setup.encoding.biases.tolist()
    connections, bias = naive.decode(layers, genome.tolist(), alphabet, biases)
    table = next(iter(setup.task.tables.values()))
    right = 0
    for v in range(2 ** layers[0]):
        inputs = [1 if (v >> i) & 1 else -1 for i in range(layers[0])]
        signs = naive_pressures.layered_signs(layers, connections, bias, inputs, silent)
        right += sum(s == (1 if row[v] else -1) for s, row in zip(signs, table, strict=True))
    return Fraction(right, table.size)


TINY = {"task": "circuit", "network": {"encoding": "layered", "layers": [4, 3, 2, 1]}}
TINY |= {"selection": {"method": "nsga2"}, "evolution": {"population": 8, "generations": 3}}


def test_exact_dropout_is_the_expectation_over_all_sets():
    last = generations({"dropout": {"rate": 0.25, "exact": True}}, **TINY)[-1]
    sets = naive_pressures.all_silent_sets(range(4, 9), Fraction(1, 4))
    for genome, mean in zip(last.population.genomes, last.expected.tolist(), strict=True):
        wanted = sum(chance * fitness_under(last.setup, genome, off) for off, chance in sets)
        assert mean == pytest.approx(float(wanted), abs=1e-14)
    assert (last.expected != last.fitness).any()
    assert_array_equal(last.objectives[:, 0], last.expected)


def test_drawn_dropout_is_the_mean_over_its_sets():
    seen = []
    true = dropout.drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dropout, "drawn", lambda *g: seen.append(true(*g)) or seen[-1])
        last = generations({"dropout": {"rate": 0.4, "draws": 5}}, **TINY)[-1]
    assert len(seen) == 4 and len({s.silent.tobytes() for s in seen}) == 4  # anew every generation
    for genome, mean in zip(last.population.genomes, last.expected.tolist(), strict=True):
        off = [{4 + int(k) for k in np.flatnonzero(row)} for row in seen[-1].silent]
        wanted = sum(fitness_under(last.setup, genome, silent) for silent in off) / 5
        assert mean == float(wanted)


def test_the_mean_of_many_draws_approaches_the_expectation():
    """20,000 draws: five standard errors of a number between 0 and 1 are below 0.018."""
    last = generations({"dropout": {"rate": 0.3, "exact": True}}, **TINY)[-1]
    setup, population = last.setup, last.population
    n, genomes, goal = population.size, population.genomes, setup.goals[0]
    states = setup.encoding.memory(n)
    setup.encoding.answer(genomes, np.full(n, -1), np.arange(n), states)

    def answers(silent):
        return setup.encoding.silenced(genomes, np.full(n, -1), silent, np.arange(n), states)

    many = dropout.drawn(5, 0.3, 20_000, np.random.default_rng(1))
    assert_allclose(dropout.expected(answers, many, goal, "strict", n), last.expected, atol=0.018)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(0, 8), rate=st.floats(0.0, 1.0, exclude_max=True))
def test_all_sets_have_probability_one_and_the_right_mean_size(n, rate):
    every = dropout.every(n, rate)
    assert every.weights.size == 2**n == len({row.tobytes() for row in every.silent})
    assert every.weights.sum() == pytest.approx(1.0)
    assert every.weights @ every.silent.sum(axis=1) == pytest.approx(n * rate)


@pytest.mark.parametrize(
    "sections", [{}, GATES, THRESHOLD, {**CIRCUIT, "schedule": {"kind": "random", "period": 3}}]
)
def test_a_rate_of_zero_is_no_dropout_to_the_byte(tmp_path, sections):
    for name, pressures in (("with", {"dropout": {"rate": 0.0, "draws": 3}}), ("without", {})):
        run(config(pressures, **sections), 5, tmp_path / name)
    for name in ("log.csv", "population.csv", "best.json"):
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()


def test_the_log_tells_fitness_without_dropout_and_with_it(tmp_path):
    sections = {"task": "hierarchical-xor", "evolution": {"population": 60, "generations": 30}}
    made = run(config({"dropout": {"rate": 0.02}}, **sections), 2, tmp_path / "x")
    log = made.log
    goal = made.config.task.goal
    assert (log["best_fitness"] == log[f"fitness:{goal}"]).all()
    assert (log["dropout_fitness"] != log["best_fitness"]).any()
    last = list(evolve(made.config, seed=2))[-1]
    assert log["dropout_fitness"][-1] == last.expected[last.best_row] == last.objectives[:, 0].max()
    assert "dropout_fitness" not in run(config({}), 2, tmp_path / "y").log


def test_few_sets_are_all_tried_and_that_is_shown():
    def resolved(network, **section):
        shown = prepare(config({"dropout": section}, network={"layers": network})).config
        return shown.pressures.dropout.exact

    assert resolved([8, 2, 1, 1]) and not resolved([8, 2, 2, 1])
    assert resolved([8, 2, 2, 1], draws=16) and resolved([8, 11, 1, 1], exact=True)
    with pytest.raises(EvomodError, match="at most 12 hidden neurons or gates; these networks have 14"):
        resolved(None, exact=True)


def test_dropout_takes_part_in_the_price_of_size_and_in_neutral_epochs():
    sections = {"schedule": {"kind": "neutral", "period": 2}, **CIRCUIT}
    history = generations({"dropout": {"rate": 0.2}}, **sections)
    neutral, rewarded = history[4], history[6]
    assert np.isnan(neutral.expected).all() and not neutral.objectives.any()
    n_effective = [len(_effective(rewarded.setup, genome)) for genome in rewarded.population.genomes]
    excess = np.maximum(np.array(n_effective) - 11, 0)
    assert_array_equal(rewarded.objectives[:, 0], rewarded.expected - 0.2 * excess)


def _effective(setup, genome):
    network = setup.encoding.network(genome).simplified()
    return np.unique(network.target)


def test_a_goal_that_rewards_q_is_not_changed_by_dropout():
    plain = towards(config({"dropout": {}}), "max-modularity")
    last = list(evolve(plain, seed=1))[-1]
    assert_array_equal(last.expected, last.fitness)


# ---------------------------------------------------------------------------------- spelling


def test_goal_switching_is_the_schedule():
    switched = config({"goal-switching": {"period": 7}})
    as_schedule = config(
        {}, schedule={"kind": "modular", "goals": ["left-and-right", "left-or-right"], "period": 7}
    )
    assert switched == as_schedule and "goal-switching" not in dump_config(switched)
    assert Config(**tomllib.loads(dump_config(prepare(switched).config))) == prepare(as_schedule).config
    other = Config(task={"name": "retina", "goal": "left-or-right"}, pressures={"goal-switching": {}})
    assert other.schedule.goals == ("left-or-right", "left-and-right") and other.schedule.period == 20
    named = Config(
        task="circuit",
        schedule={"goals": ["xor-or-xor", "xor-and-xor"]},
        pressures=apply_pressures({}, ["goal-switching:probability=0.5"])["pressures"],
    )
    assert named.schedule.goals == ("xor-or-xor", "xor-and-xor") and named.schedule.probability == 0.5
    twice = config({"goal-switching": {"period": 7}}, schedule={"period": 7})
    assert twice.schedule == switched.schedule


def test_a_pressure_may_be_typed_with_spaces():
    typed = apply_pressures({}, ["dropout: rate = 0.2, draws=4", " l1 "])["pressures"]
    assert typed == {"dropout": {"rate": 0.2, "draws": 4}, "l1": {}}
    with pytest.raises(EvomodError, match="l1 was given twice"):
        apply_pressures({}, ["l1", " l1:penalty=1"])


@pytest.mark.parametrize(("sections", "most"), [({}, 106), ({"network": {"encoding": "threshold"}}, 44)])
def test_a_range_that_no_network_comes_into_is_refused(sections, most):
    def ranged(fewest):
        pressures = {"connection-range": {"fewest": fewest, "most": 300}}
        return Config(task={"name": "retina"}, pressures=pressures, **sections)

    said = f"fewest is {most + 1}; networks of layers .* have {most} connections at most"
    with pytest.raises(EvomodError, match=said):
        prepare(ranged(most + 1))
    prepare(ranged(most))


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"pressures": {"dropout": {"rate": 1.0}}},
            "pressures.dropout.rate: wanted less than 1; got 1.0",
        ),
        (
            {"pressures": {"dropout": {"rate": -0.1}}},
            "pressures.dropout.rate: wanted greater than or equal to 0",
        ),
        (
            {"pressures": {"dropout": {"draws": 0}}},
            "pressures.dropout.draws: wanted greater than or equal to 1",
        ),
        (
            {"pressures": {"pruning": {"fraction": 0.0}}},
            "pressures.pruning.fraction: wanted greater than 0",
        ),
        (
            {"pressures": {"pruning": {"fraction": 1.5}}},
            "pressures.pruning.fraction: wanted less than or equal",
        ),
        ({"pressures": {"pruning": {"by": "luck"}}}, "'weight' or 'lesion'"),
        (
            {"pressures": {"l1": {"penalty": -1.0}}},
            "pressures.l1.penalty: wanted greater than or equal to 0",
        ),
        (
            {"pressures": {"l2": {"penalty": 1.0, "probability": 1.0}}},
            "pressures.l2: give probability .* or penalty .*, not both",
        ),
        (
            {**CIRCUIT, "pressures": {"l1": {"penalty": 1.0}}},
            "pressures.l1 requires connections with weights, which encoding 'circuit' lacks",
        ),
        (
            {**GATES, "pressures": {"l2": {"penalty": 1.0}}},
            "pressures.l2 requires .* 'gate-layers' lacks; use",
        ),
        (
            {**CIRCUIT, "pressures": {"pruning": {}}},
            "pressures.pruning requires connections that can be removed",
        ),
        (
            {**THRESHOLD, "pressures": {"pruning": {}}},
            "pressures.pruning requires connections that can be removed",
        ),
        (
            {**CIRCUIT, "pressures": {"connection-range": {"fewest": 5, "most": 6}}},
            "pressures.connection-range requires a number of connections that",
        ),
        (
            {"pressures": {"connection-range": {"fewest": 7, "most": 6}}},
            "pressures.connection-range: wanted fewest <= most; got 7 and 6",
        ),
        ({"pressures": {"connection-range": {"fewest": 7}}}, "connection-range.most: is missing"),
        (
            {"selection": {"method": "elite"}, "pressures": {"l1": {}}},
            "l1 is a further objective; set selection.method=nsga2 or pareto-front or give it a penalty",
        ),
        (
            {"pressures": {"goal-switching": {"perid": 3}}},
            "known keys are period, probability; got perid",
        ),
        (
            {"schedule": {"period": 20}, "pressures": {"goal-switching": {"period": 10}}},
            "pressures.goal-switching: period is 10, and schedule.period is 20; give one of the two",
        ),
        ({"pressures": {"goal-switching": 3}}, "pressures.goal-switching: wanted a section"),
        (
            {"schedule": {"kind": "random"}, "pressures": {"goal-switching": {}}},
            "is the schedule 'modular'; schedule.kind is 'random'",
        ),
        ({"task": "five-xor", "pressures": {"goal-switching": {}}}, "shares subgoals with"),
    ],
)
def test_what_cannot_be_is_one_sentence(sections, message):
    with pytest.raises(EvomodError, match=message) as caught:
        Config(**({"task": "retina"} | sections))
    assert str(caught.value).count("\n") == 1


def test_the_resolved_config_shows_the_pressures(tmp_path):
    pressures = {"l1": {"penalty": 0.5}, "pruning": {}, "dropout": {}, "connection-cost": {}}
    made = run(config(pressures, evolution={"population": 10, "generations": 1}), 1, tmp_path / "x")
    text = (tmp_path / "x" / "config.toml").read_text()
    shown = tomllib.loads(text)["pressures"]
    assert shown == {
        "connection-cost": {"measure": "wiring-length", "probability": 0.25},
        "l1": {"penalty": 0.5},
        "pruning": {"every": 100, "fraction": 0.1, "by": "weight"},
        "dropout": {"rate": 0.1, "draws": 8, "exact": False},
    }
    assert load_run(made.folder).config == made.config


def test_the_study_of_causes_has_a_config_for_every_treatment():
    study = load_definition("scripts/causes/study.toml")
    names = [treatment.name for treatment in study.treatments]
    assert names[0] == "control" and {"l1", "l2", "pruning", "dropout-10", "goal-switching"} <= set(
        names
    )
    for treatment in study.treatments:
        switches = (
            treatment.config.schedule.kind == "modular"
        )  # and ends as all others: by left AND right
        assert treatment.config.evolution.generations == (10_020 if switches else 10_000)
    assert replace(study, replicates=1).replicates == 1
