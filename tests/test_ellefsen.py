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


def test_half_of_every_seasons_foods_are_good_in_all_ways(script):
    lives = script.all_lives()
    assert lives.shape == (8, 36) and len(np.unique(lives.T, axis=0)) == 36
    assert (lives.reshape(2, 4, 36).sum(axis=1) == 2).all()
    drawn = [script.some_lives(np.random.default_rng(k)) for k in range(20)]
    assert all(len(np.unique(one.T, axis=0)) == script.LIVES for one in drawn)
    assert len({one.tobytes() for one in drawn}) == 20
    everything = {tuple(life) for life in lives.T.tolist()}
    assert {tuple(life) for one in drawn for life in one.T.tolist()} <= everything


def test_every_day_shows_all_foods_of_the_season_once(script):
    items = script.presentations(5, np.random.default_rng(1))
    assert items.shape == (script.YEARS * 2 * script.DAYS * 4, 5)
    days = items.reshape(script.YEARS, 2, script.DAYS, 4, 5)
    for season in (0, 1):
        assert (np.sort(days[:, season], axis=2) == 4 * season + np.arange(4)[:, None]).all()
    assert len(np.unique(items.T, axis=0)) == 5


def test_knowledge_by_hand(script):
    """Summer is known at its end, lost in winter, known again; winter is known at its end, half of it later."""
    known = np.zeros((3, 8, 1), bool)
    known[0, :4] = True
    known[1, [0, 4, 5, 6, 7]] = True
    known[2, [0, 1, 2, 3, 4, 5]] = True
    told = script.knowledge(known)
    assert told["foods"] == 1.0
    assert told["known"] == pytest.approx((1 + 1) / 4) and told["perfect"] == 0.0
    assert told["forgotten"] == 1.0 and told["retained"] == 0.0
    known[2] = known[1, :4] = True
    told = script.knowledge(known)
    assert told["known"] == told["perfect"] == 1.0
    assert told["forgotten"] == 0.0 and told["retained"] == 1.0


@pytest.mark.parametrize("says", [True, False])
def test_who_always_eats_or_never_knows_no_season_and_forgets_none(script, says):
    known = np.array([script.all_lives() == says] * 6)
    told = script.knowledge(known)
    assert told["foods"] == 0.5 and told["known"] == told["perfect"] == told["retained"] == 0.0
    assert told["forgotten"] == ""


def test_every_day_anew_nothing_is_to_know(script):
    items = script.presentations(500, np.random.default_rng(1))
    fine = script.redrawn(items, np.random.default_rng(2))
    days = fine.reshape(-1, 4, 500)
    assert fine.shape == items.shape and (days.sum(axis=1) == 2).all()
    by_food = np.take_along_axis(days, np.argsort(items.reshape(-1, 4, 500) % 4, axis=1), axis=1)
    assert abs((by_food[0] == by_food[1]).mean() - 0.5) < 0.03  # a day tells nothing of the next
    assert np.allclose(by_food.mean(axis=(0, 2)), 0.5, atol=0.02)


def test_without_connections_nothing_is_eaten_or_all(script):
    genomes = np.zeros((2, script.N_GENES + script.N_HIDDEN))
    genomes[:, script.N_GENES - 1] = (-0.5, 0.5)  # bias of the output
    is_good = script.all_lives()
    items = script.presentations(36, np.random.default_rng(2))
    is_fine = is_good[items, np.arange(36)]
    eaten, _ = script.live(genomes, items, is_fine)
    assert eaten.shape == (2, *items.shape) and not eaten[0].any() and eaten[1].all()
    assert script.right(eaten, is_fine).tolist() == [0.5, 0.5]


def test_dead_connections_change_nothing_and_lives_beyond_a_register_are_dropped(script):
    rng = np.random.default_rng(3)
    genomes, is_good = script.born(6, rng), script.all_lives()
    items = script.presentations(36, rng)
    is_fine, ends = is_good[items, np.arange(36)], np.arange(len(items)) % 20 == 19
    eaten, known = script.live(genomes, items, is_fine, is_good, ends)
    alone, _ = script.live(genomes, items[:, :3], is_fine[:, :3])
    assert np.array_equal(eaten[..., :3], alone) and known.shape == (6, ends.sum(), 8, 36)
    dead = (script.connections(genomes) == 0) & (genomes[:, : script.substrate().n_edges] != 0)
    assert dead.any()
    genomes[:, : script.substrate().n_edges][dead] = 0.0
    assert np.array_equal(script.live(genomes, items, is_fine)[0], eaten)


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
    """In a hundred generations of fifty: right more often than the half that who cannot learn or has nothing to know exceeds by little."""
    genome = script.evolved("PA", 3, 100, 50)
    told = script.measured(genome, 3)
    assert told["fitness"] > max(0.55, told["habit"] + 0.02) and told["unlearned"] == 0.5
    assert told["connections"] > 0 and 0.0 <= told["retained"] <= told["foods"] <= 1.0


def test_claims_count_whole_runs_once(script, tmp_path, monkeypatch):
    claims = papers.load_script(FOLDER / "claims.py")
    path = script.run(tmp_path, 2, generations=4, population=12)
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(True)[1])
    assert claims.runs_of(path, "PA") == (0, 50) and claims.numbers("q")(path, claims.BOTH).size == 0
    monkeypatch.setattr(script, "GENERATIONS", 4)
    monkeypatch.setattr(script, "POPULATION", 12)
    assert claims.runs_of(path, "PA") == (2, 50) and claims.runs_of(path, claims.BOTH) == (4, 100)
    rows = script.read(path)
    assert claims.COLUMNS["fitness"](path, "P&CC").tolist() == [rows[1]["fitness"], rows[3]["fitness"]]
