"""Foods of two seasons: which are good, what is presented, what is known, and a run of the table."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from evomod.errors import EvomodError
from evomod.papers import scripts as papers

FOLDER = Path(__file__).parent.parent / "scripts" / "ellefsen2015"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(FOLDER / "seasons.py")


def test_lives_that_evolution_sees_tell_no_food_by_another(script):
    lives = script.balanced()
    assert lives.shape == (8, 12) and lives.reshape(2, 4, 12).sum(axis=1).tolist() == [[2] * 12] * 2
    assert (lives.sum(axis=1) == 6).all()  # every food is good in half of them
    signs = 2 * lives.astype(int) - 1
    between = (signs @ signs.T)[:4, 4:]
    assert (between == 0).all()  # a summer food says nothing of a winter food
    assert len(np.unique(signs.T, axis=0)) == 12
    within = (signs @ signs.T)[:4, :4]
    assert (within[~np.eye(4, dtype=bool)] == -4).all()  # as much as two of four good ones must
    everything = script.all_lives()
    assert len(np.unique(everything.T, axis=0)) == 36
    assert (everything.reshape(2, 4, 36).sum(axis=1) == 2).all()


def test_every_day_shows_all_foods_of_the_season_once(script):
    items = script.presentations(5, np.random.default_rng(1))
    assert items.shape == (script.YEARS * 2 * script.DAYS * 4, 5)
    days = items.reshape(script.YEARS, 2, script.DAYS, 4, 5)
    for season in (0, 1):
        assert (np.sort(days[:, season], axis=2) == 4 * season + np.arange(4)[:, None]).all()
    assert len(np.unique(items.T, axis=0)) == 5


def test_knowledge_by_hand(script):
    """Two foods known in summer 1, both lost and one found anew in winter 1, in which nothing of winter is known, …"""
    known = np.zeros((3, 8, 1), bool)
    known[0, :2] = True  # end of the first summer: foods 0 and 1
    known[1, [0, 4, 5, 6, 7]] = True  # end of winter: food 0 is left, all of winter
    known[2] = True  # end of the second summer: everything
    told = script.knowledge(known)
    assert told["known"] == pytest.approx((0.5 + 1.0 + 1.0) / 3)
    assert told["perfect"] == pytest.approx(0.5)
    assert told["forgotten"] == pytest.approx(1.0 - (1 + 4) / (2 + 4))
    assert told["retained"] == pytest.approx((1 + 4) / 8)
    assert script.knowledge(np.zeros((3, 8, 2), bool))["forgotten"] == ""


def test_without_connections_nothing_is_eaten_or_all(script):
    genomes = np.zeros((2, script.N_GENES + script.N_HIDDEN))
    genomes[:, script.N_GENES - 1] = (-0.5, 0.5)  # bias of the output
    is_good = script.all_lives()
    items = script.presentations(36, np.random.default_rng(2))
    eaten, _ = script.live(genomes, items, is_good)
    assert eaten.shape == (2, *items.shape) and not eaten[0].any() and eaten[1].all()
    assert script.right(eaten, items, is_good).tolist() == [0.5, 0.5]


def test_dead_connections_change_nothing_and_lives_beyond_a_register_are_dropped(script):
    rng = np.random.default_rng(3)
    genomes = script.born(6, rng)
    items, is_good = script.presentations(12, rng), script.balanced()
    live, _ = script.live(genomes, items, is_good)
    alone, _ = script.live(genomes, items[:, :3].copy(), is_good[:, :3].copy())
    assert np.array_equal(live[..., :3], alone)
    dead = (script.connections(genomes) == 0) & (genomes[:, : script.substrate().n_edges] != 0)
    assert dead.any()
    genomes[:, : script.substrate().n_edges][dead] = 0.0
    assert np.array_equal(script.live(genomes, items, is_good)[0], live)


def test_a_run_is_a_row_and_the_same_command_goes_on(script, tmp_path, capsys):
    path = script.run(tmp_path, 1, generations=8, population=20)
    first = path.read_bytes()
    assert script.run(tmp_path, 1, generations=8, population=20).read_bytes() == first
    script.run(tmp_path, 2, generations=8, population=20)
    assert path.read_bytes().startswith(first)
    rows = script.read(path)
    assert [(row["way"], row["seed"]) for row in rows] == [(w, s) for s in (1, 2) for w in script.WAYS]
    assert all(0.4 <= row["fitness"] <= 1.0 for row in rows)
    other = script.row_of("P&CC", 2, 8, 20)
    assert [f"{other[name]}" for name in ("fitness", "connections")] == [
        f"{rows[3]['fitness']}", f"{rows[3]['connections']:.0f}",
    ]  # fmt: skip
    assert script.summary(tmp_path).count("\n") == 3
    assert isinstance(script.draw_table(path), Figure)
    with pytest.raises(EvomodError, match="holds no rows; run `python scripts/ellefsen2015"):
        script.draw_table(tmp_path / "none.csv")


def test_networks_evolve_to_learn(script):
    """In a hundred generations of fifty: right more often than the half that no one who cannot learn exceeds."""
    genome = script.evolved("PA", 3, 100, 50)
    told = script.measured(genome, 3)
    assert told["fitness"] > 0.55 and told["unlearned"] == 0.5
    assert told["connections"] > 0 and 0.0 <= told["forgotten"] <= 1.0
