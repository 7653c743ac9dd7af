"""How soon copies of a network solve another goal: by the run's own config, whatever else is asked."""

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from test_circuits import BOTH, G1, G2, circuit_genome

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.evolvability import transfers
from evomod.evolvability.transfers import (
    RANDOM_GOALS,
    Adaptation,
    adapting,
    generations_to_solve,
    transfer,
)
from evomod.network import network_json
from evomod.task import all_patterns, load_task

SMALL = {"population": 40, "generations": 8}


@pytest.fixture(scope="module")
def eleven():
    """The circuit of eleven gates that does xor-and-xor, two changes away from xor-or-xor, and a config."""
    config = evomod.Config(task="circuit", evolution={"population": 300})
    setup = evomod.prepare(config)
    network = setup.encoding.network(circuit_genome(BOTH, 13), {"goal": G1})
    return network, config


@pytest.fixture(scope="module")
def folder(tmp_path_factory, eleven):
    """A run whose best network is that circuit: it begins with copies of it."""
    place = tmp_path_factory.mktemp("runs")
    (place / "eleven.json").write_text(network_json(eleven[0]))
    config = evomod.Config(
        task="circuit",
        evolution={"population": 300, "generations": 0, "start": str(place / "eleven.json")},
    )
    return evomod.run(config, 1, place / "x").folder


# ---------------------------------------------------------------------------------- how many generations


def test_generations_are_those_of_an_evolution_of_copies(eleven):
    """Counted by hand, from copies, under a config that says the same in its own words."""
    network, config = eleven
    plain = evomod.Config(
        task={"name": "circuit", "goal": G2}, evolution={"population": 300, "generations": 400}
    )
    setup = evomod.prepare(plain)
    copies = np.repeat(circuit_genome(BOTH, 13)[None], 300, axis=0)
    for seed in (1, 2, 3):
        found = generations_to_solve(config, network, G2, seed, cap=400)
        expected = None
        for generation in evomod.evolve(plain, seed, setup=setup, start=copies):
            if generation.fitness[generation.objectives[:, 0].argmax()] == 1.0:
                expected = generation.number
                break
        assert found == expected and found >= 2  # it is two changes away


def test_a_goal_that_is_solved_already_takes_none_and_a_far_one_is_given_up(eleven):
    network, config = eleven
    assert generations_to_solve(config, network, G1, 1) == 0
    assert generations_to_solve(config, network, G2, 1, cap=1) is None
    assert generations_to_solve(config, network, G2, 1, cap=0) is None
    generations = list(adapting(config, network, G2, 1, cap=6))
    assert [g.number for g in generations] == list(range(len(generations))) and len(generations) > 2
    assert [g.is_solved for g in generations[:-1]] == [False] * (len(generations) - 1)
    assert {g.goal for g in generations} == {G2}
    assert set(generations[0].fitness) == {0.5}
    assert_array_equal(np.unique(generations[0].population.genomes, axis=0), [circuit_genome(BOTH, 13)])


KINDS = {
    "cost": ("retina", "left-or-right", {"pressures": {"connection-cost": {"probability": 0.5}}}),
    "real": ("retina", "left-or-right", {"network": {"encoding": "layered-real"}}),
    "threshold": ("retina", "left-or-right", {"network": {"encoding": "threshold"}}),
    "gates": ("circuit", "xor-or-xor", {"network": {"encoding": "gate-layers"}}),
    "three outputs": ("circuit-three-outputs", "g2", {}),
    "varying": (
        "circuit",
        "eq-or-eq",
        {"schedule": {"kind": "modular", "goals": [G1, G2], "period": 3}},
    ),
    "neutral": ("circuit", "xor-or-xor", {"schedule": {"kind": "neutral", "period": 2}}),
    "random": ("circuit", "xor-or-xor", {"schedule": {"kind": "random-constant", "period": 2}}),
    "modular itself": ({"name": "circuit", "goal": "max-modularity"}, "xor-or-xor", {}),
    "some patterns": ({"name": "retina", "patterns": 20, "resample": True}, "left-or-right", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_runs_own_config_acts(kind, tmp_path):
    task, goal, sections = KINDS[kind]
    ran = evomod.run(evomod.Config(task=task, evolution=SMALL, **sections), 1, tmp_path / "x")
    won = transfers.winner(tmp_path / "x")
    (target,) = transfers.targets(won, goal)
    generation, *_ = adapting(won.config, won.network, goal, 1, cap=2, task=target.task)
    ours, theirs = generation.setup.config, ran.config
    for section in ("network", "variation", "selection", "pressures"):
        assert getattr(ours, section) == getattr(theirs, section)
    assert ours.evolution.population == 40 and ours.task.patterns == theirs.task.patterns
    assert ours.schedule.kind == "fixed" and generation.goal == goal
    answer = ran.best.answer(all_patterns(len(target.task.inputs)))
    right = answer == np.where(target.task.tables[goal].T, 1, -1)
    assert target.zero_shot == right.mean()
    if ours.task.patterns is None:
        assert set(generation.fitness) == {target.zero_shot}
    own = {"neutral": G1, "random": "", "modular itself": ""}.get(kind, ran.best.about["goal"])
    assert won.goal == own and math.isnan(won.fitness) == (own == "")
    assert target.relation == transfers.relation(target.task, own, goal)
    (found,) = transfer(ran, goal, repeats=2, cap=3)
    assert len(found.generations) == 2 and found.cap == 3 and found.goal == goal


def test_a_task_file_that_has_gone_is_that_of_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "from evomod.task import Task\n"
        "TASK = Task('mine', ('a', 'b'), {'p': lambda i: i.a, 'q': lambda i: i.b},\n"
        "  {'both': lambda p, q: p & q, 'either': lambda p, q: p | q, 'p': lambda p: p})\n"
    )
    ran = evomod.run(evomod.Config(task="mine.py", evolution=SMALL), 1, tmp_path / "x")
    (tmp_path / "mine.py").unlink()
    with pytest.raises(EvomodError, match="--trust"):
        transfer(ran.folder, repeats=2, cap=2)
    found = transfer(ran.folder, repeats=2, cap=2, trust=True)
    relations = {one.goal: one.relation for one in found if one.relation != "random"}
    assert relations == {"either": "related", "p": "partly related"}


# ---------------------------------------------------------------------------------- which goals


def test_all_goals_by_relation_and_random_ones(folder):
    found = transfer(folder, repeats=1, cap=1)
    assert [(one.goal, one.relation) for one in found[:8]] == [
        ("xor-or-xor", "related"),
        ("eq-and-xor", "partly related"),
        ("eq-or-xor", "partly related"),
        ("xor-and-eq", "partly related"),
        ("xor-or-eq", "partly related"),
        ("eq-and-eq", "unrelated"),
        ("eq-or-eq", "unrelated"),
        ("non-modular-neighbour", "unrelated"),
    ]
    drawn = found[8:]
    assert len(drawn) == len({one.goal for one in drawn}) == RANDOM_GOALS
    for one in drawn:
        assert one.relation == "random" and int(one.goal.removeprefix("random-"), 16).bit_count() == 4
    again = [one.goal for one in transfer(folder, repeats=1, cap=0)]
    other = [one.goal for one in transfer(folder, repeats=1, cap=0, seed=2)]
    assert again[8:] == [one.goal for one in drawn] != other[8:] and again[:8] == other[:8]


@pytest.mark.parametrize("task", ["attractor", "retina-and-or"])
def test_where_goals_are_states_or_leave_an_output_open_none_are_drawn(task, tmp_path):
    """A random table would be no state, or ask for what the goal leaves open."""
    few = {"population": 10, "generations": 1}
    made = evomod.run(evomod.Config(task=task, evolution=few), 1, tmp_path / "x", progress=False)
    found = transfer(made.folder, repeats=1, cap=1)
    assert len(found) == len(load_task(task).goals) - 1
    assert all(one.relation != "random" for one in found)


def test_random_goals_evolve(eleven, folder):
    """Their table is that of their name, and fitness counts it."""
    target = transfers.targets(transfers.winner(folder))[-1]
    word = int(target.goal.removeprefix("random-"), 16)
    first, *_ = adapting(eleven[1], eleven[0], target.goal, 1, cap=3, task=target.task)
    answer = eleven[0].answer(all_patterns(4))[:, 0] > 0
    wanted = np.array([word >> v & 1 for v in range(16)], bool)
    assert first.fitness[0] == target.zero_shot == (answer == wanted).mean()


def test_one_goal_or_all_and_more_repeats_leave_the_numbers(folder):
    every = {one.goal: one for one in transfer(folder, repeats=2, cap=30)}
    (alone,) = transfer(folder, G2, repeats=2, cap=30)
    assert alone == every[G2]
    pair = transfer(folder, [G2, "eq-or-eq"], repeats=3, cap=30)
    assert [one.generations[:2] for one in pair] == [every[g].generations for g in (G2, "eq-or-eq")]
    (other,) = transfer(folder, G2, repeats=2, cap=30, seed=9)
    assert other.generations != alone.generations or None in alone.generations


def test_a_network_evolves_by_the_config_that_is_given(eleven, folder):
    network, config = eleven
    (alone,) = transfer(network, G2, config=config, repeats=2, cap=40)
    (of_run,) = transfer(folder, G2, repeats=2, cap=40)
    assert alone == of_run
    slow = config.model_copy(update={"variation": config.variation.model_copy(update={"mutation": 0.0})})
    (still,) = transfer(folder, G2, config=slow, repeats=2, cap=5)
    assert still.generations == (None, None) and still.zero_shot == 0.5


# ---------------------------------------------------------------------------------- numbers


@given(st.lists(st.integers(0, 2000), min_size=1), st.floats(0.0, 1.0))
def test_quantiles_are_those_of_numpy_where_all_solved(numbers, share):
    one = Adaptation("g", "related", 0.5, tuple(numbers), 2000)
    assert one.quantile(share) == pytest.approx(np.quantile(numbers, share), abs=1e-9)
    assert one.n_solved == len(numbers)


def test_quantiles_that_hang_on_an_unsolved_repeat_are_infinite():
    one = Adaptation("g", "related", 0.5, (7, None, 3, None, 5), 100)
    assert (one.quantile(0.25), one.quantile(0.5)) == (5.0, 7.0) and one.n_solved == 3
    assert one.quantile(0.75) == one.quantile(0.6) == math.inf
    assert Adaptation("g", "related", 0.5, (None,), 9).quantile(0.5) == math.inf
    assert transfers.as_data(one)["quartiles"] == [5.0, None]


# ---------------------------------------------------------------------------------- the command


def test_the_command_prints_a_table_and_writes_another(folder, tmp_path, capsys):
    out = tmp_path / "table.csv"
    asked = ["transfer", str(folder), "--repeats", "2", "--generations", "25", "--seed", "4"]
    assert main([*asked, "--out", str(out)]) == 0
    printed = capsys.readouterr().out.splitlines()
    found = transfer(folder, repeats=2, cap=25, seed=4)
    assert "evolved for xor-and-xor, fitness 1.0000; 2 repeats, at most 25 generations" in printed[0]
    assert len(printed) == 2 + len(found) == 2 + 8 + RANDOM_GOALS
    for line, one in zip(printed[2:], found, strict=True):
        assert line.split()[0] == one.goal and one.relation in line
        assert f"{one.zero_shot:.4f}" in line and line.endswith(f"{one.n_solved}/2")
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(found)
    repeats = [(one, number) for one in found for number in one.generations]
    for row, (one, number) in zip(rows, repeats, strict=True):
        assert row["goal"] == one.goal and float(row["zero_shot"]) == one.zero_shot
        assert row["generations"] == ("" if number is None else str(number))
        assert (row["solved"], row["cap"]) == (str(int(number is not None)), "25")


def test_the_command_prints_json(folder, capsys):
    asked = ["transfer", str(folder), "--to", f"{G2}, eq-or-eq", "--repeats", "3", "--generations", "1"]
    assert main([*asked, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["goal"], data["fitness"], data["seed"]) == (G1, 1.0, 1)
    assert [one["goal"] for one in data["goals"]] == [G2, "eq-or-eq"]
    assert data["goals"][0]["generations"] == [None] * 3 and data["goals"][0]["median"] is None
    assert data["goals"][1]["generations"] == [1] * 3  # the other way round: the output's negation


def test_a_long_name_is_cut_and_an_unsolved_run_is_told_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    evomod.run(evomod.Config(task="retina", evolution=SMALL), 1, tmp_path / "x")
    assert main(["transfer", "x", "--repeats", "1", "--generations", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "does not solve its own goal" in lines[1]
    assert len({len(line) for line in lines[3:]}) == 1 and "…  random" in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "xor-nor-xor"], "has no goal 'xor-nor-xor'; it has 'xor-and-xor', 'xor-or-xor'"),
        (["--to", "max-modularity"], "has no goal 'max-modularity'"),
        (["--to", ""], "has no goal ''"),
        (["--repeats", "0"], "--repeats wants a number from 1"),
        (["--generations", "-1"], "--generations one from 0"),
        (["--out", "."], "exists; give another file"),
        (["--out", "no/such/folder.csv"], "cannot write no/such/folder.csv: No such file"),
    ],
)
def test_mistakes_are_one_sentence(arguments, message, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["transfer", str(folder), *arguments]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and message in told
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_no_run_and_one_without_a_network(tmp_path, capsys):
    assert main(["transfer", str(tmp_path / "x")]) == 2
    assert "is no run folder" in capsys.readouterr().err
    ran = evomod.run(evomod.Config(task="retina", evolution=SMALL), 1, tmp_path / "y")
    (ran.folder / "best.json").unlink()
    assert main(["transfer", str(ran.folder)]) == 2
    assert "there is no network file" in capsys.readouterr().err


def test_networks_that_do_not_fit_are_told_so(eleven, tmp_path):
    network, config = eleven
    with pytest.raises(EvomodError, match="give config="):
        transfer(network, G2)
    with pytest.raises(EvomodError, match="this config's circuits have 4 and 9"):
        smaller = evomod.Config(task="circuit", network={"encoding": "circuit", "gates": 9})
        transfer(network, G2, config=smaller)
    with pytest.raises(EvomodError, match="layers are"):
        generations_to_solve(evomod.Config(task="retina"), network, "left-or-right", 1)
    with pytest.raises(EvomodError, match="has no goal 'left-or-right'"):
        generations_to_solve(config, network, "left-or-right", 1)
    with pytest.raises(EvomodError, match="repeats from 1 and generations from 0"):
        transfer(network, G2, config=config, repeats=0)
    ran = evomod.run(evomod.Config(task="retina", evolution=SMALL), 1, tmp_path / "x")
    (ran.folder / "best.json").write_text(network_json(replace(network, about=ran.best.about)))
    with pytest.raises(EvomodError, match="layers are"):
        transfer(ran.folder)


def test_a_goal_that_was_drawn_is_not_called_unrelated():
    task = evomod.load_task("circuit")
    assert transfers.relation(task, "", "eq-and-eq") == "unknown"  # it may be made of the same subgoals
