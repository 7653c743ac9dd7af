"""What the papers' scripts compute besides drawing: maps, controls, speedups, definitions of studies."""

import csv
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evomod.errors import EvomodError
from evomod.figures import draw_figure
from evomod.papers import load_script
from evomod.row_tables import read_rows

SCRIPTS = Path(__file__).parent.parent / "scripts"


def script(name):
    return load_script(SCRIPTS / f"{name}.py")


def test_the_archive_of_a_map_keeps_the_first_of_the_fittest_in_every_cell():
    mole, rng = script("clune2013/mole"), np.random.default_rng(3)
    best, places = np.full((200, 200), -1.0), np.zeros((200, 200, 2))
    known, where = best.copy(), places.copy()
    for _ in range(3):
        fitness, place = rng.integers(0, 4, 500) / 4.0, rng.integers(-1, 12, (500, 2)) / 11.0
        mole.remember(best, places, (None, fitness, place))
        for i in np.argsort(fitness, kind="stable"):
            cell = tuple(np.clip((place[i] * 200).astype(int), 0, 199))
            if fitness[i] > known[cell]:
                known[cell], where[cell] = fitness[i], place[i]
    np.testing.assert_array_equal(best, known)
    np.testing.assert_array_equal(places, where)


def test_a_map_is_written_and_read_again_and_depends_on_its_seed_alone(tmp_path):
    mole = script("clune2013/mole")
    best = mole.explore(1, 5, population=30)
    np.testing.assert_array_equal(best, mole.explore(1, 5, population=30))
    assert (best != mole.explore(2, 5, population=30)).any()
    mole.write(tmp_path / "mole-1.csv", best)
    np.testing.assert_array_equal(mole.merged([tmp_path / "mole-1.csv"]), best)


@pytest.mark.parametrize("kind", ["walk", "q", "q-25"])
def test_controls_give_a_row_of_their_columns(kind):
    controls = script("clune2013/controls")
    row = dict(zip(controls.COLUMNS, controls.run(kind, 0, 5, 30), strict=True))
    assert row["treatment"] == kind and 0.0 < row["best_fitness"] <= 1.0
    assert row["connections"] > 0 and row["connections"] >= 0
    assert controls.run(kind, 0, 5, 30) == controls.run(kind, 0, 5, 30)


def test_q_as_the_second_objective_raises_q():
    controls = script("clune2013/controls")
    q = {kind: np.mean([controls.run(kind, k, 40, 60)[4] for k in range(4)]) for kind in ("walk", "q")}
    assert q["q"] > q["walk"]


def test_a_random_walk_is_inherited_with_noise():
    controls, rng = script("clune2013/controls"), np.random.default_rng(1)
    controls.MOLE.performance = lambda setup, genomes: np.zeros(5000)
    found = controls.objectives_of(None, "walk", np.zeros((5000, 1)), np.full(5000, 7.0), rng)
    second = found[:, 1]
    assert second.mean() == pytest.approx(7.0, abs=0.01)
    assert second.std() == pytest.approx(0.1, abs=0.01)


def small_tie(kind, replicate, generations):
    return script("clune2013/ties").run(kind, replicate, generations, 30)


def test_among_equals_parents_or_offspring_survive():
    ties, rng = script("clune2013/ties"), np.random.default_rng(2)
    objectives = np.array(
        [[1.0], [2.0], [1.0], [2.0], [1.0], [0.0]]
    )  # three parents, then their offspring
    parents = ties.in_order(np.ones(1), False, objectives, 3, rng)
    offspring = ties.in_order(np.ones(1), True, objectives, 3, rng)
    assert parents.rows.tolist() == [1, 3, 0] and offspring.rows.tolist() == [3, 1, 4]
    row = dict(zip(ties.COLUMNS, ties.run("pcc-parents-first", 0, 5, 30), strict=True))
    assert row["generations"] == 5 and 0.5 < row["best_fitness"] < 1.0 and row["connections"] >= 0


def test_ties_are_run_once_and_drawn(tmp_path):
    ties, tables = script("clune2013/ties"), script("clune2013/tables")
    given = SimpleNamespace(out=tmp_path, runs=1, generations=3, workers=1)
    tables.complete(given, "ties", ties.COLUMNS, ("step", "pcc-step"), small_tie)
    before = (tmp_path / "ties.csv").read_bytes()
    given.runs = 2
    tables.complete(given, "ties", ties.COLUMNS, ("step", "pcc-step"), small_tie)
    after = (tmp_path / "ties.csv").read_bytes()
    assert set(before.splitlines()) < set(after.splitlines()) and len(after.splitlines()) == 5
    assert [axes.get_xlabel() for axes in ties.draw_table(tmp_path / "ties.csv").axes] == [
        *ties.SHOWN.values()
    ]


def test_a_small_table_of_ties_is_made_and_drawn(tmp_path):
    picture, folder = draw_figure("clune2013-ties", tmp_path / "ties.png", quick=True)
    assert picture.stat().st_size > 10_000
    rows = read_rows(folder / "ties.csv")
    assert [row["treatment"] for row in rows] == sorted(script("clune2013/ties").KINDS)
    shutil.rmtree(folder)


def test_a_table_of_runs_of_another_length_is_refused(tmp_path):
    ties, tables = script("clune2013/ties"), script("clune2013/tables")
    given = SimpleNamespace(out=tmp_path, runs=1, generations=3, workers=1)
    tables.complete(given, "ties", ties.COLUMNS, ("step",), small_tie)
    given.generations = 4
    with pytest.raises(EvomodError, match="holds runs of 3 generations, not 4"):
        tables.complete(given, "ties", ties.COLUMNS, ("step",), small_tie)


def test_controls_that_have_been_run_are_drawn_from_their_table(tmp_path):
    figure, controls = script("clune2013/figs4"), script("clune2013/controls")
    config = SimpleNamespace(evolution=SimpleNamespace(generations=5))
    treatments = (SimpleNamespace(config=config),)
    study = SimpleNamespace(
        folder=tmp_path / "clune2013-sweeps", study=SimpleNamespace(treatments=treatments)
    )
    assert figure.controls(study) == {}
    home = tmp_path / "clune2013-controls"
    home.mkdir()
    rows = [("q", 0, 5, 0.9, 0.4, 30.0, 20), ("walk", 0, 6, 0.9, 0.2, 60.0, 40)]  # the second is longer
    with (home / "controls.csv").open("w", newline="") as file:
        csv.writer(file).writerows([controls.COLUMNS, *rows])
    found = figure.controls(study)
    assert list(found) == ["PA, Q"] and found["PA, Q"]["q_score"].tolist() == [0.4]


def test_studies_of_2007_are_what_the_script_that_writes_them_says():
    for name, text in script("kashtan2007/make_studies").texts().items():
        assert (SCRIPTS / "kashtan2007" / name).read_text(encoding="utf-8") == text


def pairs_of(exponent, t0=100.0, runs=5):
    fixed = np.geomspace(200, 50_000, 8)
    return {str(t): (np.full(runs, t), np.full(runs, t / (t / t0) ** exponent)) for t in fixed}


@pytest.mark.parametrize("exponent", [0.0, 0.7, 1.0])
def test_the_exponent_of_a_power_law_is_found(exponent):
    unsolved = {t: (np.full(5, t), np.full(5, 9e4)) for t in (9e4, 3e3, 10.0)}  # of an exponent of 1
    alpha, error, t0 = script("kashtan2007/speedup").exponent(pairs_of(exponent) | unsolved, 9e4)
    assert alpha == pytest.approx(exponent, abs=1e-9) and error == pytest.approx(0.0, abs=1e-9)
    if exponent:
        assert t0 == pytest.approx(100.0)


def test_goals_of_one_time_have_no_exponent():
    speedup = script("kashtan2007/speedup")
    same = {goal: (np.full(5, 100.0), np.full(5, 10.0)) for goal in "abc"}
    assert np.isnan(speedup.exponent(same, 900)).all()
    assert np.isnan(speedup.exponent(same, 10)).all()


def test_the_mean_speedup_of_goals_and_its_error():
    speedup = script("kashtan2007/speedup")
    same = {"a": (np.full(5, 1000.0), np.full(5, 10.0)), "b": (np.full(5, 500.0), np.full(5, 5.0))}
    assert speedup.mean_speedup(same) == (100.0, 0.0)
    mean, error = speedup.mean_speedup(same | {"c": (np.full(5, 400.0), np.full(5, 1.0))})
    # Means of three draws from 100, 100 and 400: a standard deviation of 141.4 over the root of three.
    assert mean == 200.0 and error == pytest.approx(81.6, rel=0.05)
    assert np.isnan(speedup.mean_speedup({})).all()


def test_an_unsolved_run_counts_with_the_most_that_it_could_have():
    treatment = SimpleNamespace(
        name="nand-fg-xor-a",
        config=SimpleNamespace(
            schedule=SimpleNamespace(goals=("goal",)), evolution=SimpleNamespace(generations=900)
        ),
    )
    summary = {"treatment": np.array(["nand-fg-xor-a"] * 3), "generations": np.array([0, 30, 900])}
    study = SimpleNamespace(summary=summary, study=SimpleNamespace(treatments=(treatment,)))
    speedup = script("kashtan2007/speedup")
    assert speedup.times(study, "nand", "fg")["goal"].tolist() == [1.0, 30.0, 900.0]
    assert speedup.times(study, "nand", "mvg") == {} and speedup.times(study, "gates", "fg") == {}
    assert speedup.cap_of(study) == 900


@pytest.mark.parametrize(
    ("value", "error", "n", "is_bound", "verdict"),
    [
        (0.8, 0.05, 11, False, "holds"),
        (0.9, 0.05, 11, False, "cannot tell"),  # between one and two standard errors
        (1.0, 0.05, 11, False, "fails"),
        (0.4, 0.05, 11, False, "fails"),
        (0.4, 0.05, 11, True, "cannot tell"),  # at least 0.4
        (1.0, 0.05, 11, True, "fails"),
        (0.8, 0.05, 3, False, "cannot tell"),  # too few runs
        (np.nan, np.nan, 11, False, "cannot tell"),
    ],
)
def test_verdicts_of_a_number_with_a_standard_error(value, error, n, is_bound, verdict):
    near = script("kashtan2007/claims").near
    assert near("c", value, error, (0.7, 0.1), n, is_bound).verdict == verdict


def test_a_direction_is_not_decided_where_nothing_is_solved_or_runs_are_few():
    claims = script("kashtan2007/claims")
    treatment = SimpleNamespace(config=SimpleNamespace(evolution=SimpleNamespace(generations=900)))
    study = SimpleNamespace(study=SimpleNamespace(treatments=(treatment,)))
    at_cap, alike = np.full(22, 900.0), np.arange(1.0, 23.0)
    labels = ("FG", "MVG")
    assert claims.faster(study, "c", (at_cap, alike), labels, 2).verdict == "holds"
    assert claims.faster(study, "c", (alike, at_cap), labels, 2).verdict == "fails"
    assert claims.faster(study, "c", (at_cap, at_cap), labels, 2).verdict == "cannot tell"
    assert claims.faster(study, "c", (alike, alike), labels, 2).verdict == "fails"
    assert claims.faster(study, "c", (alike, alike), labels, 3).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("times", "n", "verdict"),
    [(50.0, 30, "holds"), (50.0, 29, "cannot tell"), (100.0, 30, "cannot tell"), (200.0, 30, "fails")],
)
def test_verdicts_of_a_range_of_periods(times, n, verdict):
    groups = {20: np.full(n, 10.0), 500: np.full(n, times), 2000: np.full(n, 999.0)}
    ranged = script("kashtan2007/claims_periods").ranged
    assert ranged((np.full(n, 100.0), groups), "c").verdict == verdict
