"""Two populations in one: descent is followed exactly, whatever the selection; refusals say what was wanted."""

import numpy as np
import pytest
from test_circuits import BOTH, G1, G2, circuit_genome

import evomod
from evomod.errors import EvomodError
from evomod.evolvability.competition import compete, lineages
from evomod.network import network_json
from evomod.scripts.parter2008 import competition as populations
from evomod.scripts.parter2008.novel import CAP, RANDOM_GOALS, REPEATS

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


# ---------------------------------------------------------------------------------- the study of Parter et al. 2008


ARMS = {
    "fg": {"schedule.kind": "fixed"},
    "fg-priced": {"schedule.kind": "fixed"},
    "mvg": {"schedule.kind": "modular", "schedule.goals": f'["{G1}", "{G2}"]'},
}


@pytest.fixture
def arms(tmp_path, monkeypatch):
    """A study of populations that begin with copies of a circuit of `G1`, and of an arm that cannot do it."""
    monkeypatch.setattr(populations, "HOME", G1)
    config = circuits("roulette", 40)
    able = evomod.prepare(config).encoding.network(circuit_genome(BOTH, 13), {"goal": G1})
    (tmp_path / "able.json").write_text(network_json(able))
    lines = [
        'name = "arms"',
        "seed = 1",
        "replicates = 2",
        f'base.task = {{name = "circuit", goal = "{G1}"}}',
    ]
    for arm, settings in ARMS.items():
        start = "random" if arm == "fg-priced" else str(tmp_path / "able.json")
        settings = settings | {
            "evolution.start": start,
            "evolution.population": 40,
            "evolution.generations": 3,
        }
        settings |= {"selection.method": "roulette", "tracking.population_every": 0}
        lines.append(f"[treatments.{arm}]")
        for key, value in settings.items():
            said = value if str(value).startswith("[") or isinstance(value, int) else f'"{value}"'
            lines.append(f"settings.{key} = {said}")
    (tmp_path / "arms.toml").write_text("\n".join(lines))
    return evomod.run_study(evomod.load_definition(tmp_path / "arms.toml"), tmp_path / "out", jobs=1)


def test_populations_go_on_and_compete_by_the_numbers_of_their_runs(arms):
    table = populations.competition(arms, 1)
    rows = {
        (t, r): {name: table[name][i] for name in populations.COLUMNS}
        for i, (t, r) in enumerate(
            zip(table["treatment"].tolist(), table["replicate"].tolist(), strict=True)
        )
    }
    assert len(rows) == 6
    for replicate in (0, 1):
        mine, able, unable = (rows[arm, replicate] for arm in ("mvg", "fg", "fg-priced"))
        for kind in populations.KINDS:
            assert 0 <= mine[kind] <= CAP and 0 <= able[kind] <= CAP and np.isnan(unable[kind])
            assert 0 <= mine[f"fg:{kind}"] <= 1 and np.isnan(mine[f"fg-priced:{kind}"])
            assert np.isnan(able[f"fg:{kind}"])
    key, goal = ("mvg", 1), populations.GOALS[1]
    seeds = populations.stream(arms, key, 0).spawn(len(populations.GOALS) + RANDOM_GOALS)
    shares = [
        compete(arms.run(key), arms.run(("fg", 1)), goal, config=arms.run(key).config, seed=one).share[
            -1
        ]
        for one in seeds[1].spawn(2 * REPEATS)[REPEATS:]
    ]
    assert rows[key][f"fg:{goal}"] == round(float(np.mean(shares)), 4)
