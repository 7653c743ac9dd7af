"""Modularity as the goal: fitness is the Q that is logged, whatever is selected how; runs stay repeatable."""

import signal

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.evolvability import q_max
from evomod.measures.modularity import modularity
from evomod.runs import tracking
from evomod.runs.run import resume, run
from evomod.task import Task, derive

SAME = ("log.csv", "population.csv", "best.json", "config.toml", "checkpoint.npz")
SMALL = {"population": 30, "generations": 20}

KINDS = {
    "circuit": {"task": "circuit"},
    "textbook": {"task": "circuit", "tracking": {"q_method": "leading-eigenvector"}},
    "roulette": {"task": "circuit", "selection": {"method": "roulette"}},
    "worst replaced": {"task": "circuit", "selection": {"method": "elite-worst"}},
    "circuits in fronts": {"task": "circuit", "selection": {"method": "nsga2"}},
    "gates": {"task": "circuit", "network": {"encoding": "gate-layers"}},
    "threshold": {
        "task": {"name": "retina", "patterns": 100, "resample": True},
        "network": {"encoding": "threshold"},
    },
    "layered": {"task": "retina"},
    "real": {"task": "retina", "network": {"encoding": "layered-real"}},
    "three objectives": {
        "task": {"name": "retina", "patterns": 50, "resample": True},
        "pressures": {"connection-cost": {}, "behavioural-diversity": {}},
    },
}


def config(kind, goal="max-modularity", **evolution):
    sections = dict(KINDS[kind])
    task = sections.pop("task")
    task = {"name": task} if isinstance(task, str) else task
    sections["tracking"] = {"population_every": 5} | sections.get("tracking", {})
    return evomod.Config(task=task | {"goal": goal}, evolution=SMALL | evolution, **sections)


def q_of(generation, row):
    """By another way: the individual as a network, simplified, then measured as a graph."""
    setup = generation.setup
    network = setup.encoding.network(generation.population.genomes[row])
    simple = network.simplified()
    matrix = np.zeros((simple.n_nodes, simple.n_nodes))
    np.add.at(matrix, (simple.source, simple.target), simple.weight)
    return modularity(matrix, method=setup.config.tracking.q_method).q


@pytest.mark.parametrize("kind", KINDS)
def test_fitness_is_q_of_the_simplified_network(kind):
    generations = list(evomod.evolve(config(kind), seed=1))
    for generation in (generations[0], generations[7], generations[-1]):
        expected = [q_of(generation, row) for row in range(30)]
        np.testing.assert_allclose(generation.fitness, expected, atol=1e-12)
    best = [generation.fitness.max() for generation in generations]
    assert best[-1] > best[0]
    assert not any(generation.is_solved for generation in generations)


@pytest.mark.parametrize("kind", ["circuit", "layered"])
def test_the_target_is_approached_from_both_sides(kind):
    for target in (0.2, 0.49):
        goal = f"modularity:{target}"
        *_, last = evomod.evolve(config(kind, goal, generations=40), seed=2)
        q = np.array([q_of(last, row) for row in range(30)])
        np.testing.assert_allclose(last.fitness, 1 - (q - target) ** 2, atol=1e-12)
        assert abs(q[last.best_row] - target) < 0.02
    *_, below = evomod.evolve(config(kind, "modularity:-0.3", generations=40), seed=2)
    assert q_of(below, below.best_row) < 0.05


def test_a_target_that_is_met_solves_it():
    *_, last = evomod.evolve(config("circuit", "modularity:0.0", stop="solved"), seed=1)
    assert last.is_solved and last.number < 20 and last.solved_goals == ("modularity:0.0",)


def test_the_price_of_size_stays():
    generation = next(iter(evomod.evolve(config("circuit", population=400), seed=1)))
    fined = generation.fitness - generation.objectives[:, 0]
    np.testing.assert_allclose(np.unique(fined.round(12)), [0.0, 0.2])  # 12 gates, one above 11


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_agrees_and_kill_and_resume_leave_the_same_bytes(kind, tmp_path, monkeypatch):
    whole = run(config(kind), 3, tmp_path / "whole")
    log = whole.log
    assert_array_equal(log["best_fitness"], log["q_score"])
    assert set(log["goal"]) == {"max-modularity"} and not log["solved"].any()
    names = [f"fitness:{goal}" for goal in evomod.load_task(whole.config.task.name).goals]
    assert tuple(log) == (*tracking.COLUMNS, *names)
    assert whole.best.about["fitness"]["max-modularity"] == log["q_score"][-1]
    true, raised = tracking.Tracker.row, []

    def row(self, current):
        if current.number == 9 and not raised:
            raised.append(True)
            signal.raise_signal(signal.SIGINT)
        return true(self, current)

    monkeypatch.setattr(tracking.Tracker, "row", row)
    with pytest.raises(evomod.Interrupted):
        run(config(kind), 3, tmp_path / "cut")
    assert resume(tmp_path / "cut").is_complete
    for name in SAME:
        assert (tmp_path / "cut" / name).read_bytes() == (whole.folder / name).read_bytes()


def test_tables_of_the_population_hold_negative_fitness_too():
    far = config("circuit", "modularity:-1", population=300)
    rows = tracking.population_rows(next(iter(evomod.evolve(far, seed=1))))
    fitness, q = np.array([(row[1], row[3]) for row in rows]).T
    np.testing.assert_allclose(fitness, 1 - (q + 1) ** 2, atol=1e-12)
    assert min(row[1] for row in rows) < 0.0 and sum(row[-1] for row in rows) == 300


def test_what_is_remembered_changes_nothing(monkeypatch):
    """Not even where all is forgotten in every generation."""
    from evomod.pressures import max_modularity

    remembering = [g.fitness for g in evomod.evolve(config("circuit"), seed=5)]
    monkeypatch.setattr(max_modularity, "REMEMBERED", 0)
    forgetting = [g.fitness for g in evomod.evolve(config("circuit"), seed=5)]
    assert_array_equal(remembering, forgetting)


def test_an_operator_of_the_toolbox_may_replace_q():
    setup = evomod.prepare(config("circuit"))
    setup.toolbox.register("q", lambda genomes: genomes[:, -1] / 100.0)
    *_, last = evomod.evolve(setup.config, seed=1, setup=setup)
    assert last.fitness.max() == 0.15


# ------------------------------------------------------------------------------------- Q_max


def test_q_max_is_the_mean_of_runs_of_their_own():
    mean, each = q_max(config("circuit", "xor-or-xor"), runs=3, seed=7, generations=15)
    assert each.shape == (3,) and mean == each.mean() and each.min() > 0.4 and each.max() < 0.7
    more = q_max(config("circuit"), runs=4, seed=7, generations=15)[1]
    assert_array_equal(more[:3], each)  # whatever the goal was
    assert len(set(more)) > 1
    sequence = np.random.SeedSequence(7, spawn_key=(1,))
    *_, last = evomod.evolve(config("circuit", generations=15), seed=sequence)
    assert last.fitness[last.best_row] == each[1]


def test_q_max_forgets_what_is_about_the_goal():
    """Its schedule, its stop rule and where it begins."""
    varying = evomod.Config(
        task="circuit",
        schedule={"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"]},
        evolution={**SMALL, "stop": "all-solved", "start": "no/such/run"},
    )
    assert_array_equal(
        q_max(varying, runs=2, generations=5)[1], q_max(config("circuit"), runs=2, generations=5)[1]
    )


def test_q_max_of_no_run_is_refused():
    with pytest.raises(EvomodError, match="runs from 1"):
        q_max(config("circuit"), runs=0)


# ------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize("kind", ["neutral", "random", "random-constant", "random-walk", "modular"])
def test_schedules_of_goals_refuse_it(kind):
    goals = ["max-modularity", "xor-or-xor"] if kind not in ("neutral",) else ["max-modularity"]
    wanted = evomod.Config(task="circuit", schedule={"kind": kind, "goals": goals})
    with pytest.raises(EvomodError, match=f"'{kind}' wants goals of the task, and 'max-modularity'"):
        evomod.prepare(wanted)


def test_a_schedule_that_draws_its_goals_refuses_it_too():
    with pytest.raises(EvomodError, match="'sampled' wants goals of the task"):
        evomod.prepare(
            evomod.Config(
                task={"name": "circuit", "goal": "modularity:0.3"}, schedule={"kind": "sampled"}
            )
        )


@pytest.mark.parametrize("name", ["modularity:", "modularity:high", "modularity:nan", "modularity:1.5"])
def test_a_target_that_is_no_q(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["evolve", "circuit", "--goal", name]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1 and "a Q from -1 to 1, such as modularity:0.49" in message


@pytest.mark.parametrize("name", ["max-modularity", "modularity:0.5"])
def test_a_task_may_not_take_its_name(name):
    with pytest.raises(EvomodError, match="stands for modularity itself"):
        derive(Task("mine", ("a", "b"), {"s": lambda i: i.a}, {name: lambda s: s}))


def test_from_the_command_line_to_a_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    few = ["--set", "evolution.generations=5", "--set", "evolution.population=20"]
    assert main(["evolve", "circuit", "--goal", "max-modularity", "--seed", "1", *few]) == 0
    out = capsys.readouterr().out
    assert "goal max-modularity" in out and "fitness of the best   max-modularity 0." in out
    assert main(["evolve", "circuit", "--goal", "modularity:0.49", "--seed", "1", *few]) == 0
    assert "runs/circuit-modularity-0.49-seed1: " in capsys.readouterr().out
    assert main(["plot", "runs/circuit-max-modularity-seed1", "runs/circuit-modularity-0.49-seed1"]) == 0
