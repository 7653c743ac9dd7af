"""Where a user's pressure, encoding or method meets a part of evomod that it was not written for."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import own_files
import pytest
from deap import tools
from own_files import PERCEPTRON, QUICK, SMALL, config, refused

import evomod
from evomod.errors import EvomodError
from evomod.evolution import operators
from evomod.evolvability import neighbourhood, q_max
from evomod.evolvability.transfers import generations_to_solve, transfer
from evomod.population import score
from evomod.runs.run import checked_seed
from evomod.task import Attractor


@pytest.fixture
def home(tmp_path, monkeypatch):
    return own_files.lie_in(tmp_path, monkeypatch)


def last_of(*given, **named):
    *_, last = evomod.evolve(*given, **named)
    return last


def test_copies_of_one_individual_that_are_pruned_apart_are_worth_what_they_say():
    """A method that keeps an individual twice: pruning draws among equals, and copies lose different connections."""
    settings = config(
        evolution={"population": 60, "generations": 20},
        selection={"method": "nsga2"},
        pressures={"pruning": {"every": 5}},
    )
    setup = evomod.prepare(settings)
    choose = operators.stock_survival(partial(tools.selTournament, tournsize=3))
    setup.toolbox.register("survive", choose)
    last = last_of(setup.config, seed=1, setup=setup)
    genomes = last.population.genomes
    states = setup.encoding.memory(60)
    yes, no = setup.encoding.answer(genomes, np.full(60, -1), np.arange(60), states)
    assert len(np.unique(genomes, axis=0)) < 60  # there are copies
    assert last.fitness.tolist() == score(yes, no, last.rewarded, setup.tie_rule).tolist()


REMOVAL = """
    def strengths(self, genomes):
        return np.abs(genomes[:, 1:]).astype(float)

    def working_strengths(self, genomes, working):
        return self.strengths(genomes)

    def without(self, genomes, edges):
        cut = genomes.copy()
        cut[:, 1:][edges] = 0
        return cut

    def bounds("""


def biased(supports='{"places", "sparsity", "weights", "removal"}', methods=REMOVAL):
    """Perceptrons whose first gene is no connection."""
    text = PERCEPTRON.replace("    def bounds(", methods.lstrip("\n"), 1)
    text = text.replace("n_genes=wiring.n_edges", "n_genes=wiring.n_edges + 1")
    for before, after in (
        ("weights = genomes.reshape", "weights = genomes[:, 1:].reshape"),
        ("return genomes\n", "return genomes[:, 1:].copy()\n"),
        (
            "there = np.flatnonzero(genome)",
            "genome = genome[1:]\n        there = np.flatnonzero(genome)",
        ),
        ('supports=frozenset({"places", "sparsity"})', f"supports=frozenset({supports})"),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    return text


@pytest.mark.parametrize("by", ["weight", "lesion"])
def test_pruning_removes_connections_as_the_encoding_says(home, by):
    (home / "biased.py").write_text(biased())
    settings = config(
        network={"encoding": "./biased.py"}, evolution={"population": 10, "generations": 3},
        pressures={"pruning": {"every": 3, "fraction": 1.0, "by": by}},
    )  # fmt: skip
    genomes = last_of(settings, seed=1).population.genomes
    assert not genomes[:, 1:].any()
    assert genomes[:, 0].any()  # the gene that is no connection stays


SILENCE = REMOVAL.replace(
    "    def bounds(",
    """    def n_hidden(self):
        return 2

    def silenced(self, genomes, ancestors, silent, slots, states):
        return {returned}

    def bounds(""",
)
WRONG = {
    "(states[slots, 0], states[slots, 1])": "silenced: yes is uint64[20, 1, 4]; expected uint64[20, 1, 16]",
    "None": "silenced returned a NoneType; expected the pair of arrays yes, no",
    "(np.zeros((20, 1, 16), int),) * 2": "silenced: yes is int64[20, 1, 16]; expected uint64",
}


@pytest.mark.parametrize("returned", WRONG)
def test_what_an_encoding_answers_in_silence_is_looked_at(home, returned):
    text = biased('{"weights", "removal", "silence"}', SILENCE.replace("{returned}", returned))
    (home / "silent.py").write_text(text)
    settings = config(network={"encoding": "./silent.py"}, pressures={"dropout": {"draws": 4}})
    with pytest.raises(EvomodError) as error:
        last_of(settings, seed=1)
    assert WRONG[returned] in str(error.value)


def test_weights_of_an_encoding_are_no_negative_numbers(home):
    (home / "bad.py").write_text(biased().replace("np.abs(genomes[:, 1:])", "-np.abs(genomes[:, 1:])"))
    with pytest.raises(EvomodError, match=r"strengths: expected \|weights\|, finite and 0 or more"):
        last_of(config(network={"encoding": "./bad.py"}, pressures={"l1": {}}), seed=1)


def test_an_objective_that_nothing_presses_is_refused(home, capsys):
    (home / "idle.py").write_text(
        "from evomod import Pressure\nfrom evomod.sections import Section\n\n"
        "class S(Section):\n    power: float = 1.0\n\n"
        "PRESSURE = Pressure('idle', lambda view, section: view.genomes.sum(axis=1).astype(float), S)\n"
    )
    said = refused("evolve", "retina", "--pressure", "./idle.py", capsys=capsys)
    assert "neither probability nor penalty, so it would press nothing" in said


def test_a_pressure_that_looks_at_right_answers_rests_in_neutral_epochs(home):
    (home / "looks.py").write_text(
        "from evomod import Pressure\n\n"
        "PRESSURE = Pressure('looks', lambda view, section: view.right.mean(axis=1), is_of_pool=True)\n"
    )
    settings = config(
        pressures={"looks.py": {"probability": 0.5}}, schedule={"kind": "neutral", "period": 3}
    )
    seen = [g.objectives[:, 1].any() for g in evomod.evolve(settings, seed=1) if g.goal == "neutral"]
    assert seen and not any(seen)


MANY = """
import numpy as np
from evomod import Selection, Survivors

def breed(candidates, section, rng):
    return np.empty(0, np.int64), np.repeat(np.arange(candidates.size), 7)

def survivors(candidates, number, section, rng):
    rows = np.argsort(-candidates.fitness, kind="stable")[:number]
    return Survivors(rows, np.full(number, {front}), np.zeros(number))

SELECTION = Selection("many", breed, survivors)
"""


def test_a_method_may_have_more_offspring_than_individuals(home):
    (home / "many.py").write_text(MANY.format(front=0))
    last = last_of(config(selection={"method": "./many.py"}), seed=1)
    assert last.number == SMALL["generations"] and last.fitness.size == SMALL["population"]


def test_a_method_whose_front_does_not_begin_at_0_is_refused_and_leaves_no_folder_in_the_way(
    home, capsys
):
    (home / "many.py").write_text(MANY.format(front=1))
    command = [
        "evolve",
        "retina",
        "--set",
        "selection.method=./many.py",
        "--set",
        "evolution.generations=2",
    ]
    command += ["--set", "evolution.population=10", "--out", "runs/x"]
    assert "expected front to count from 0" in refused(*command, capsys=capsys)
    (home / "many.py").write_text(MANY.format(front=0))
    run = [sys.executable, "-m", "evomod", *command]  # a process that has not read the file
    assert subprocess.run(run, capture_output=True, check=False).returncode == 0


def test_ages_outlive_pruning():
    """Who is pruned is a generation older, not two, and no younger."""
    settings = config(selection={"method": "age-fitness"}, pressures={"pruning": {"every": 1}})
    ages = [set(g.crowding.tolist()) for g in evomod.evolve(settings, seed=2)]
    assert ages[0] == {1.0} and set.union(*ages[1:]) == {1.0, 2.0}


def test_a_run_goes_on_from_the_population_of_a_users_encoding(home):
    settings = config(network={"encoding": "./perceptron.py"})
    first = evomod.run(settings, seed=1, out=home / "first", progress=False)
    again = settings.model_copy(
        update={"evolution": settings.evolution.model_copy(update={"start": str(first.folder)})}
    )
    begun = next(evomod.evolve(again, seed=2))
    assert begun.fitness.max() == first.log["best_fitness"][-1]


def test_some_columns_of_a_log(home):
    done = evomod.run(config(), seed=1, out=home / "run", progress=False)
    assert done.columns(["q_score"])["q_score"].tolist() == done.log["q_score"].tolist()
    with pytest.raises(EvomodError, match="has no column 'q_scor'"):
        done.columns(["q_scor"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"perturbation": 1.5},
        {"perturbation": "x"},
        {"steepness": 0.0},
        {"exponent": 0},
        {"exponent": 2.5},
    ],
)
def test_an_attractor_of_numbers_that_make_no_fitness_is_refused(wrong):
    with pytest.raises(EvomodError, match=f"Attractor: {next(iter(wrong))} is .*; wanted a"):
        Attractor(**wrong)


def test_a_task_whose_fitness_is_something_else_is_refused(home, capsys):
    (home / "task.py").write_text(
        "from evomod import Task\nTASK = Task(name='t', inputs=('a',), subgoals={'s': lambda x: x.a},\n"
        "            goals={'g': lambda s: s}, fitness='x')\n"
    )
    said = refused("evolve", "./task.py", capsys=capsys)
    assert "fitness is 'x'; wanted an Attractor(...), or None" in said


def test_a_study_in_a_script_without_a_guard(home):
    """Workers do not execute the script again, which would begin the study in each of them."""
    Path("study.toml").write_text(
        'name = "s"\nseed = 1\nreplicates = 2\n[treatments.one]\nconfig = "c.toml"\n'
    )
    Path("c.toml").write_text('task = "retina"\nevolution = {population = 10, generations = 3}\n')
    Path("script.py").write_text(
        "import evomod\nprint('begun')\n"
        "print(evomod.run_study(evomod.load_definition('study.toml'), 'out', jobs=2).summary['solved'].size == 2)\n"
    )
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["begun", "True"], done.stderr


def test_configs_and_seeds_are_taken_as_everywhere():
    small = {"task": "circuit", "evolution": {"population": 20, "generations": 3}}
    mean, each = q_max(small, runs=1, generations=2)
    assert mean == each[0]
    setup = evomod.prepare(small)
    network = setup.encoding.network(setup.encoding.birth(1, np.random.default_rng(1))[0])
    assert generations_to_solve(small, network, "xor-or-xor", 1, cap=2) in (None, 0, 1, 2)
    [found] = transfer(network, "xor-or-xor", config=small, repeats=1, cap=1)
    assert found.goal == "xor-or-xor"
    assert checked_seed(np.int64(3)).entropy == 3
    with pytest.raises(EvomodError, match="seed: expected a whole number"):
        next(evomod.evolve(small, seed=np.random.RandomState(1)))
    real = evomod.prepare(config(network={"encoding": "layered-real"}, tracking=QUICK))
    genome = real.encoding.birth(1, np.random.default_rng(1))[0]
    around = neighbourhood(genome, real, ["left-or-right"], rng=3, draws=20)
    assert around.n == 20
