"""Interventions on modularity: what selection does not see changes nothing, and the tables are what they say."""

from dataclasses import replace
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

import evomod
from evomod.evolution.loop import evolve
from evomod.evolution.setup import prepare
from evomod.evolvability.neighbourhood import answers_of, mutants
from evomod.population import goal_bits, score
from evomod.scripts.benefits import blocked, derived, heldout, imperfect
from evomod.task import load_task

SMALL = {
    "task": {"name": "retina-relations", "goal": "left-and-right"},
    "evolution": {"population": 40, "generations": 15},
}


def test_patterns_that_are_not_shown_change_nothing_of_a_run():
    """The goal turned round on all of them: the same genomes in every generation."""
    config = evomod.Config.model_validate(SMALL | {"task": SMALL["task"] | {"patterns": 100}})
    task = load_task("retina-relations")
    setup = prepare(config, task)
    shown = heldout.shown_patterns(setup, np.random.SeedSequence(5))
    assert shown.sum() == 100
    table = task.tables["left-and-right"].copy()
    table[..., ~shown] = ~table[..., ~shown]
    other = replace(task, tables=MappingProxyType({**task.tables, "left-and-right": table}))
    runs = [
        [generation.population.genomes for generation in evolve(config, 5, setup=prepare(config, one))]
        for one in (task, other)
    ]
    assert all(np.array_equal(a, b) for a, b in zip(*runs, strict=True))


def test_accuracy_is_fitness_on_those_patterns():
    config = evomod.Config.model_validate(SMALL | {"task": SMALL["task"] | {"patterns": 128}})
    setup = prepare(config)
    *_, last = evolve(config, 3, setup=setup)
    shown = heldout.shown_patterns(setup, np.random.SeedSequence(3))
    seen, unseen = (heldout.accuracy(setup, last.best, which) for which in (shown, ~shown))
    assert seen == last.fitness[last.best_row]
    whole = heldout.accuracy(setup, last.best, np.ones(256, np.bool_))
    assert seen + unseen == pytest.approx(2.0 * whole)


def test_a_read_out_finds_what_is_there_and_no_more():
    """A goal that is a threshold of two neurons is read out; one that is independent of them is not."""
    rng = np.random.default_rng(1)
    hidden = rng.choice([-1.0, 1.0], (256, 3))
    shown = np.arange(256) < 128
    table = hidden[:, 0] + hidden[:, 1] > 0
    assert heldout.read_out(hidden, table, shown) == 1.0
    x = np.column_stack((np.ones(256), hidden))
    noise = rng.random(256) < 0.5
    fitted = x @ np.linalg.lstsq(x[shown], noise[shown].astype(float), rcond=None)[0]
    assert heldout.read_out(hidden, noise, shown) == ((fitted > 0.5) == noise)[~shown].mean()


def test_changes_of_q_by_mutants_are_those_of_their_networks():
    """Against the measure of single networks, on every mutant that keeps a connection."""
    setup = prepare(evomod.Config.model_validate(SMALL))
    *_, last = evolve(setup.config, 2, setup=setup)
    change, fitter, weights = derived.mutant_changes(last.best, setup)
    genomes, all_weights = mutants(setup.encoding.genome(last.best), setup)
    networks = [setup.encoding.network(genome).simplified() for genome in genomes]
    kept = [k for k, network in enumerate(networks) if network.source.size]
    assert weights.tolist() == all_weights[kept].tolist() and fitter.size == len(kept)
    own = evomod.modularity(last.best.simplified()).q
    for k in kept[:: max(len(kept) // 20, 1)]:
        found = evomod.modularity(networks[k])
        assert change[kept.index(k)] == pytest.approx(found.q - own, abs=1e-12)


def held_network():
    """A network of 28 to 32 connections that a mutation of its connections improves, and its setup."""
    held = {"pressures": {"connection-range": {"fewest": 28, "most": 32}}}
    setup = prepare(evomod.Config.model_validate(SMALL | held))
    *_, last = evolve(setup.config, 4, setup=setup)
    return last.best, setup


def test_what_mutations_of_connections_do_is_that_of_their_networks():
    """Told again of one mutant after the other, as networks."""
    network, setup = held_network()
    found = imperfect.around(network, setup)
    genomes, weights = mutants(setup.encoding.genome(network), setup)
    goal = goal_bits(setup.task, derived.TRAINED)

    def told(genome):
        yes, no = answers_of(setup, genome, genome[None][:0])
        one = setup.encoding.network(genome).simplified()
        edges = set(zip(one.source.tolist(), one.target.tolist(), strict=True))
        return float(score(yes, no, goal, setup.tie_rule)[0]), edges, evomod.modularity(one).q

    fitness, edges, q = told(setup.encoding.genome(network))
    assert (found["fitness"], found["connections"]) == (fitness, len(edges))
    assert found["q"] == pytest.approx(q, abs=1e-12) and 28 <= len(edges) <= 32
    sums = {name: [0.0, 0.0] for name in imperfect.COLUMNS[4:] if not name.startswith("dq_")}
    for genome, weight in zip(genomes, weights.tolist(), strict=True):
        its_fitness, its_edges, its_q = told(genome)
        if its_edges == edges or not 28 <= len(its_edges) <= 32 or its_fitness == fitness:
            continue
        kind = "useful" if its_fitness > fitness else "harmful"
        does = {"changes", "adds" if len(its_edges) > len(edges) else "removes"}
        for change in does - ({"removes"} if len(its_edges) == len(edges) else set()):
            sums[f"{change}_{kind}"][0] += weight
            sums[f"{change}_{kind}"][1] += weight * (its_q - q)
    assert sums["adds_useful"][0] > 0.0 and sums["removes_harmful"][0] > 0.0
    for name, (total, product) in sums.items():
        assert found[name] == pytest.approx(total, abs=1e-12)
        if total:
            assert found[f"dq_{name}"] == pytest.approx(product / total, abs=1e-9)
        else:
            assert np.isnan(found[f"dq_{name}"])


def test_candidates_are_modular_imperfect_and_distinct_the_most_modular_first():
    log = {
        "fitness:left-and-right": np.array([0.8, 0.9, 0.9, 0.9, 0.95, 0.97, 1.0, 0.9]),
        "q_score": np.array([0.5, 0.4, 0.4, 0.36, 0.4, 0.34, 0.6, np.nan]),
    }
    assert imperfect.candidates(log).tolist() == [1, 4, 3]
    log["q_score"][:] = 0.1
    assert imperfect.candidates(log).size == 0


def test_lines_push_q_apart_and_keep_the_number_of_connections():
    config = evomod.Config.model_validate(
        SMALL | {"pressures": {"connection-range": {"fewest": 28, "most": 32}}}
    )
    setup = prepare(config)
    *_, last = evolve(config, 4, setup=setup)
    ends = {
        direction: derived.descendant(derived.pushed_config(config, direction, 60), last.best, 1)
        for direction in derived.DIRECTIONS
    }
    found = {direction: derived.end_of(network) for direction, network in ends.items()}
    assert found["up"]["q"] > found["none"]["q"] > found["down"]["q"]
    assert all(28 <= row["connections"] <= 32 for row in found.values())


def test_early_rows_know_what_never_came():
    log = {
        f"fitness:{derived.TRAINED}": np.array([0.5, 0.92, 0.95, 1.0]),
        "q_score": np.array([0.1, 0.2, 0.3, 0.4]),
        "connections": np.array([20, 21, 22, 23]),
    }
    row = {"generation": 1, "q": 0.2, "connections": 21, "left": 2, "most": 2}
    assert derived.early_row(log) == row
    log[f"fitness:{derived.TRAINED}"] = np.array([0.5, 0.92, 0.95, 0.95])
    assert derived.early_row(log)["left"] == ""
    log[f"fitness:{derived.TRAINED}"] = np.full(4, 0.5)
    assert set(derived.early_row(log).values()) == {""}


def test_a_line_that_lost_its_fitness_has_no_number(monkeypatch):
    rows = {
        "replicate": np.array([0, 0, 0, 0]),
        "direction": np.array(["up", "up", "down", "down"]),
        "goal": np.array(["neither"] * 4),
        "fitness": np.array([1.0, 1.0, 0.99, 0.99]),
        "nearly": np.array([3.0, np.nan, 1.0, 1.0]),
    }
    monkeypatch.setattr(derived, "lines", lambda study: rows)
    treatment = SimpleNamespace(config=SimpleNamespace(evolution=SimpleNamespace(population=1000)))
    study = SimpleNamespace(study=SimpleNamespace(treatments=[treatment]))
    assert derived.of_lines(study, "nearly", "up").tolist() == [(3.0 + derived.CAP) / 2.0]
    assert np.isnan(derived.of_lines(study, "nearly", "down")).all()


def test_lines_are_of_perfect_founders_and_told_apart_by_cause_and_direction(monkeypatch):
    """Ends, goals and repeats in their order; a line that is no longer perfect has no number."""
    config = evomod.Config.model_validate(
        {"task": {"name": "retina-contrasts", "goal": "left-and-right"}, "evolution": SMALL["evolution"]}
    )
    founders = [(("control", 3), "network a"), (("pruning", 0), "network b")]
    monkeypatch.setattr(blocked, "configs", lambda study: {"control": config})
    monkeypatch.setattr(blocked, "solved", lambda study, keys: founders)
    monkeypatch.setattr(blocked, "length", lambda study, whole: whole)
    monkeypatch.setattr(blocked, "stream", lambda study, key, *more: (key, *more))
    monkeypatch.setattr(
        blocked, "end_of", lambda network: {"fitness": network[2], "q": 0.1, "connections": 30}
    )

    def worked(function, calls, jobs):
        if function is blocked.descendant:
            pressures = [config.pressures.get("modularity") for config, _, _ in calls]
            assert [one and one.direction for one in pressures] == [None, "down", None, "down"]
            assert all(one.evolution.generations == blocked.PUSH for one, _, _ in calls)
            return [(network, seed, 1.0 if seed[-1] == 0 else 0.9) for _, network, seed in calls]
        assert len(calls) == 4 * 2 * blocked.REPEATS and len({seed for *_, seed, _ in calls}) == len(
            calls
        )
        assert all(one.task.goal == goal and cap == blocked.CAP for one, _, goal, _, cap in calls)
        first = [10 * (goal == blocked.RELATED) + seed[-1] for _, _, goal, seed, _ in calls]
        return [np.where(np.arange(20) >= n, 0.96, 0.9) for n in first]

    monkeypatch.setattr(blocked, "in_workers", worked)
    *rows, less, least = blocked._lines(None, [*(key for key, _ in founders), ("pruning", 5)], 1)
    assert [(row["replicate"], row["direction"], row["q"]) for row in (less, least)] == [
        (5, "none", ""), (5, "down", ""),
    ]  # fmt: skip
    assert [(row["treatment"], row["replicate"], row["direction"]) for row in rows] == [
        ("control", 3, "none"), ("control", 3, "down"), ("pruning", 0, "none"), ("pruning", 0, "down"),
    ]  # fmt: skip
    assert all((row["left-not-right"], row["top-and-bottom"]) == (12.0, 2.0) for row in rows)
    assert blocked.reached(np.full(5, 0.9), 77) == 77
    table = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    monkeypatch.setattr(blocked, "lines", lambda study: table)
    assert blocked.of_lines(None, "q", "pruning", "none").tolist() == [0.1]
    assert np.isnan(blocked.of_lines(None, "q", "pruning", "down")).all()
