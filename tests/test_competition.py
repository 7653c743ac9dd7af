"""Two populations in one: descent is followed exactly, whatever the selection; refusals say what was wanted."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from test_circuits import BOTH, G1, G2, circuit_genome

import evomod
from evomod.errors import EvomodError
from evomod.evolution.schedules import epochs
from evomod.evolvability.competition import compete, lineages
from evomod.network import network_json
from evomod.pressures.goal_switching import epoch_of
from evomod.scripts.parter2008 import competition as populations
from evomod.scripts.parter2008.novel import REPEATS
from evomod.task import load_task

ROOT = Path(__file__).parent.parent
STILL = {"mutation": 0.0, "crossover": 0.0}
"""Nobody changes, so a genome names its founder."""


def circuits(method, population=30, **variation):
    return evomod.Config(
        task="circuit",
        selection={"method": method},
        variation=variation,
        evolution={"population": population, "generations": 6},
    )


def births(config, number, seed=5):
    """Random genomes of a config, and its setup."""
    setup = evomod.prepare(config)
    return setup, setup.toolbox.birth(number, np.random.default_rng(seed))


@pytest.mark.parametrize("method", ["elite", "roulette", "nsga2", "lexicase"])
def test_founders_are_those_whose_genome_an_individual_has(method):
    setup, start = births(circuits(method, **STILL), 30)
    assert len(np.unique(start, axis=0)) == 30
    told = list(lineages(setup, start, 3))
    assert len(told) == 7
    for generation, founders in told:
        assert np.array_equal(generation.population.genomes, start[founders])
    assert len(np.unique(told[-1][1])) < 30  # some have left none


def test_founders_are_followed_through_an_archive():
    config = evomod.Config(
        task="circuit",
        selection={
            "method": "map-elites",
            "descriptors": ["connections", "neurons"],
            "ranges": [[0, 30], [0, 20]],
            "bins": [6, 6],
        },
        variation=STILL,
        evolution={"population": 30, "generations": 4},
    )
    setup, start = births(config, 30)
    for generation, founders in lineages(setup, start, 3):
        assert np.array_equal(generation.population.genomes, start[founders])


def test_with_mutations_descent_is_by_the_rows_that_selection_chose(monkeypatch):
    """Told again, from what selection returned, in plain Python."""
    setup, start = births(circuits("elite", mutation=0.7), 30)
    told, true = [], setup.selection.breed

    def listening(candidates, section, rng):
        found = true(candidates, section, rng)
        told.append(found)
        return found

    object.__setattr__(setup.selection, "breed", listening)
    expected = list(range(30))
    try:
        for number, (_, founders) in enumerate(lineages(setup, start, 3)):
            if number:
                kept, parents = told[number - 1]
                expected = [expected[row] for row in [*kept.tolist(), *parents.tolist()]]
            assert founders.tolist() == expected
    finally:
        object.__setattr__(setup.selection, "breed", true)


def test_following_changes_nothing():
    config = circuits("nsga2")
    setup, start = births(config, 30)
    plain = [g.population.genomes for g in evomod.evolve(config, 3, setup=setup, start=start)]
    followed = [g.population.genomes for g, _ in lineages(setup, start, 3)]
    assert all(np.array_equal(a, b) for a, b in zip(plain, followed, strict=True))


def test_who_solves_the_goal_takes_over():
    config = circuits("roulette", 60)
    _, strangers = births(config, 60)
    able = np.repeat(circuit_genome(BOTH, 13)[None], 60, axis=0).astype(strangers.dtype)
    for sides, end in (((able, strangers), 1.0), ((strangers, able), 0.0)):
        found = compete(*sides, G1, config=config, generations=15, seed=2)
        assert found.share[0] == 0.5 and found.share[-1] == end
        assert found.share.size == found.best.size == 16 and found.best[-1] == 1.0
    again = compete(able, strangers, G1, config=config, generations=15, seed=2)
    sequence = compete(
        able, strangers, G1, config=config, generations=15, seed=np.random.SeedSequence(2)
    )
    other = compete(able, strangers, G2, config=config, generations=15, seed=2)
    assert np.array_equal(again.share, sequence.share) and not np.array_equal(again.share, other.share)


def test_an_odd_population_and_larger_sources():
    config = circuits("roulette", 7)
    _, genomes = births(config, 20)
    found = compete(genomes, genomes[:3], G1, config=config, generations=0)
    assert found.share.tolist() == [4 / 7]


def test_runs_compete_with_their_last_populations(tmp_path):
    runs = [evomod.run(circuits("elite"), seed, tmp_path / str(seed)) for seed in (1, 2)]
    found = compete(runs[0], runs[1].folder, G2, generations=5, seed=4)
    genomes = []
    for run in runs:
        with np.load(run.folder / "checkpoint.npz") as saved:
            genomes.append(saved["genomes"])
    same = compete(*genomes, G2, config=runs[0].config, generations=5, seed=4)
    assert np.array_equal(found.share, same.share) and np.array_equal(found.best, same.best)


def test_refusals(tmp_path):
    config = circuits("elite")
    _, genomes = births(config, 30)
    with pytest.raises(EvomodError, match=r"give config=Config"):
        compete(genomes, genomes, G1)
    with pytest.raises(EvomodError, match=r"generations from 0; got -1"):
        compete(genomes, genomes, G1, config=config, generations=-1)
    with pytest.raises(EvomodError, match=r"second holds 14 individuals; 15 are wanted"):
        compete(genomes, genomes[:14], G1, config=config)
    with pytest.raises(EvomodError, match=r"second holds an array of shape"):
        compete(genomes, genomes[:, :5], G1, config=config)
    with pytest.raises(EvomodError, match=r"nonsense"):
        compete(genomes, genomes, "nonsense", config=config)
    with pytest.raises(EvomodError, match=r"no run"):
        compete(tmp_path / "nothing", genomes, G1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"seed": -1}, "a seed is a whole number from 0"),
        ({"seed": "a"}, "a seed is a whole number from 0"),
        ({"generations": "5"}, "whole number of generations from 0; got '5'"),
        ({"generations": 2.5}, "whole number of generations from 0; got 2.5"),
        ({"goal": 3}, "needs the name of a goal; got 3"),
        ({"goal": None}, "needs the name of a goal; got None"),
        ({"second": None}, "second is NoneType; expected a run, a run's folder, or an array of genomes"),
        ({"second": [1, 2]}, "second is list; expected a run"),
        ({"config": 5}, "expected a Config, a task's name"),
        ({"task": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_is_one_sentence(changed, message):
    config = circuits("elite")
    _, genomes = births(config, 30)
    given = {"first": genomes, "second": genomes, "goal": G1, "config": config} | changed
    with pytest.raises(EvomodError, match=message):
        compete(**given)


def test_a_config_may_be_data_and_a_task_a_name():
    config = circuits("roulette", 8)
    _, genomes = births(config, 8)
    data = config.model_dump(mode="json", by_alias=True, exclude_none=True)
    found = compete(genomes, genomes, G1, config=data, task="circuit", generations=1)
    same = compete(genomes, genomes, G1, config=config, generations=1)
    assert np.array_equal(found.share, same.share)


def test_an_archive_of_another_size_and_other_births_may_compete(tmp_path):
    """Which network was born how does not change what a gene means."""
    few = {"population": 12, "generations": 4}
    archive = evomod.run(evomod.Config(task="attractor", evolution=few, selection={
        "method": "map-elites", "descriptors": ["connections", "q_score"], "ranges": [[50, 80], [0, 0.3]], "bins": [9, 9],
    }), 1, tmp_path / "archive")  # fmt: skip
    sparse = {"encoding": "gene-network", "initial": "sparse"}
    other = evomod.run(
        evomod.Config(task="attractor", network=sparse, evolution=few), 2, tmp_path / "sparse"
    )
    assert archive.log["front_size"][-1] not in (0, 12)
    for pair in ((archive, other), (other, archive)):
        config = evomod.Config(task="attractor", evolution=few | {"population": 8})
        assert compete(*pair, "left-flipped", config=config, generations=1).share[0] == 0.5


# ---------------------------------------------------------------------------------- the study of Parter et al. 2008


@pytest.fixture
def arms(tmp_path, monkeypatch):
    """A study of populations that begin with copies of a circuit of `G1`, and of an arm that cannot do it."""
    monkeypatch.setattr(populations, "HOME", G1)
    setup = evomod.prepare(circuits("roulette", 40))
    able = setup.encoding.network(circuit_genome(BOTH, 13), {"goal": G1})
    (tmp_path / "able.json").write_text(network_json(able))
    lines = [
        'name = "arms"',
        "seed = 1",
        "replicates = 3",
        f'base.task = {{name = "circuit", goal = "{G1}"}}',
    ]
    lines += ['settings.selection.method = "roulette"', "settings.tracking.population_every = 0"]
    lines.append("settings.evolution = {population = 40, generations = 3}")
    for arm in ("fg", "mvg", "unable"):
        start = "random" if arm == "unable" else str(tmp_path / "able.json")
        lines += [f"[treatments.{arm}]", f'settings.evolution.start = "{start}"']
    lines.insert(-2, f'settings.schedule = {{kind = "modular", goals = ["{G1}", "{G2}"]}}')  # of mvg
    (tmp_path / "arms.toml").write_text("\n".join(lines))
    return evomod.run_study(evomod.load_definition(tmp_path / "arms.toml"), tmp_path / "out", jobs=1)


def test_populations_go_on_and_compete_with_the_next_of_the_fixed_goal(arms):
    table = populations.competition(arms, 1)
    keys = zip(table["treatment"].tolist(), table["replicate"].tolist(), strict=True)
    rows = {
        key: {name: table[name][row] for name in populations.COLUMNS} for row, key in enumerate(keys)
    }
    assert len(rows) == 9
    for (treatment, _), row in rows.items():
        values = np.array(list(row.values()))
        assert np.isnan(values).all() if treatment == "unable" else (values >= 0.0).all()
        assert treatment == "unable" or (values[3:] <= 1.0).all()
    key, goal = ("mvg", 1), populations.GOALS[0]
    drawn = populations.stream(arms, key, 0).spawn(2 + 2 * populations.RANDOM_GOALS)
    seeds = drawn[0].spawn(REPEATS + populations.PARTNERS)[REPEATS:]
    run = arms.run(key)
    shares = [
        compete(run, arms.run(("fg", number)), goal, config=run.config, seed=seed).share[-1]
        for number, seed in zip((2, 0), seeds, strict=False)
    ]
    assert rows[key][f"share:{goal}"] == round(float(np.mean(shares)), 4)


def test_new_goals_of_three_goals_are_negations_of_each_other_alone():
    study = evomod.load_definition(ROOT / "scripts" / "parter2008" / populations.STUDY)
    tables = {goal: table[0] for goal, table in load_task("circuit").tables.items()}
    arms = {treatment.name: set(treatment.config.schedule.goals) for treatment in study.treatments}
    for goal in populations.GOALS:
        (negation,) = [name for name, table in tables.items() if np.array_equal(table, ~tables[goal])]
        assert negation in populations.GOALS and not {goal, negation} & (arms["mvg-or"] | arms["fg"])
    assert "xor-and-xor" in arms["mvg"]  # the paper's goals hold the negation of its new one
    for treatment in study.treatments:
        config = treatment.config
        goals = epochs(config.schedule, load_task("circuit"), np.random.default_rng(0), config.task.goal)
        last = epoch_of(config.evolution.generations, config.schedule.period)
        assert next(islice(goals, last, None)).name == populations.HOME
        assert epoch_of(config.evolution.generations + 1, config.schedule.period) == last + 1
