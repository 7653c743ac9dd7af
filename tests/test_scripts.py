"""What the papers' scripts compute besides drawing: maps, controls, speedups, definitions of studies."""

import csv
import json
import re
import shutil
from configparser import ConfigParser
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import evomod
from evomod.errors import EvomodError
from evomod.evolution import setup as preparation
from evomod.files.tables import read_rows, read_table
from evomod.papers.claim import Claim, NotRunError, OutdatedError, Source
from evomod.papers.claim_texts import as_markdown
from evomod.papers.figures import draw_figure
from evomod.papers.scripts import load_script
from evomod.papers.testing import decide
from evomod.papers.verification import of_study
from evomod.studies.definition import load_definition
from evomod.studies.tables import load_study
from evomod.verdicts import VERDICTS, of_direction, of_equality

SCRIPTS = Path(__file__).parent.parent / "scripts"
RESULTS = SCRIPTS.parent / "results"


def script(name):
    return load_script(SCRIPTS / f"{name}.py")


def test_the_table_of_costs_measures_and_tells_who_is_refused(monkeypatch):
    cost = script("cost_table")
    monkeypatch.setattr(cost, "WARM", 1)
    monkeypatch.setattr(cost, "MEASURED", 2)
    for kind in cost.KINDS:
        found = cost.measure(kind, 12, 3)
        assert found["ms"] > 0.0 and found["mb"] > 1.0
    monkeypatch.setattr(preparation, "_bytes_there", lambda: 1000)
    assert "GB of memory" in cost.measure("integer weights", 12, 3)["refused"]
    monkeypatch.setattr(cost, "cell", lambda kind, population, n: f"{population}/{n}")
    rows = cost.table("integer weights").splitlines()
    assert rows[-1] == "| 10,000 | 10000/4 | 10000/8 | 10000/12 | 10000/16 |"


def test_the_picture_of_imports_has_every_module_above_those_that_it_imports(tmp_path):
    picture = script("draw_imports")
    for name, text in {
        "a": "import numpy", "b": "from mine import a", "c": "def f():\n    from mine.b import x",
        "d/one": "import mine.a", "d/two": "from mine import c, d", "scripts/e": "from mine import c",
    }.items():  # fmt: skip
        path = tmp_path / "mine" / f"{name}.py"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    graph = picture.graph_of(tmp_path / "mine")
    assert sorted(graph.edges) == [("b", "a"), ("c", "b"), ("d", "a"), ("d", "c")]
    assert picture.floors_of(graph) == {"a": 0, "b": 1, "c": 2, "d": 3}
    axes = Figure().subplots()
    picture.draw(axes, graph, "mine")
    assert axes.get_title() == "mine: 4 modules and packages, 4 imports, 4 floors"


def test_maps_are_merged_cell_by_cell_and_read_again(tmp_path):
    figure = script("clune2013/fig4")
    for seed in (1, 2):
        figure.explore(seed, 3, tmp_path / str(seed))
    archives = [evomod.load_run(tmp_path / str(seed)).archive for seed in (1, 2)]
    best = figure.merged(archives)
    for archive in archives:
        assert all(np.diff(200 * archive["bin:connection_cost"] + archive["bin:q_score"]) > 0)
        for q, cost, fitness in zip(*(archive[n].tolist() for n in NAMES), strict=True):
            assert best[q, cost] >= fitness
    assert all(any(best[cell] in a["best_fitness"] for a in archives) for cell in best)
    figure.write(tmp_path / "mole.csv", best)
    image, _ = figure.image_of(read_table(tmp_path / "mole.csv"))
    for (q, cost), fitness in best.items():
        assert image[q, cost] == fitness
    assert np.isfinite(image).sum() == len(best)


NAMES = ("bin:q_score", "bin:connection_cost", "best_fitness")


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


def test_a_random_walk_is_inherited_with_noise(monkeypatch):
    controls, rng = script("clune2013/controls"), np.random.default_rng(1)
    monkeypatch.setattr(controls, "performance", lambda setup, genomes: np.zeros(5000))
    found = controls.objectives_of(None, "walk", np.zeros((5000, 1)), np.full(5000, 7.0), rng)
    second = found[:, 1]
    assert second.mean() == pytest.approx(7.0, abs=0.01)
    assert second.std() == pytest.approx(0.1, abs=0.01)


def a_control(kind, replicate, generations):
    return script("clune2013/controls").run(kind, replicate, generations, 30)


def test_a_table_of_runs_takes_more_runs_and_keeps_those_it_has(tmp_path):
    controls, tables = script("clune2013/controls"), script("clune2013/tables")
    given = SimpleNamespace(out=tmp_path, runs=1, generations=3, workers=1)
    tables.complete(given, "controls", controls.COLUMNS, ("walk", "q"), a_control)
    before = (tmp_path / "controls.csv").read_bytes()
    given.runs = 2
    tables.complete(given, "controls", controls.COLUMNS, ("walk", "q"), a_control)
    after = (tmp_path / "controls.csv").read_bytes()
    assert set(before.splitlines()) < set(after.splitlines()) and len(after.splitlines()) == 5


def reference_tables(folder, ours, theirs):
    """Both tables and the networks of the program, beside each other."""
    reference = script("clune2013/reference")
    for name, rows in (("evomod.csv", ours), ("authors_program.csv", theirs)):
        lines = [",".join(map(str, row)) for row in (reference.COLUMNS, *rows)]
        (folder / name).write_text("\n".join(lines) + "\n")
    shutil.copy(SCRIPTS.parent / "results" / "reference" / "authors_networks.csv", folder)
    module = script("clune2013/claims_reference")
    path = SCRIPTS / "clune2013" / "claims_reference.py"
    return decide(path, module, folder / "evomod.csv", command="x")


def test_runs_like_those_of_the_program_cannot_be_told_from_it_and_others_can(tmp_path):
    reference, rng = script("clune2013/reference"), np.random.default_rng(5)

    def rows(number, shift):
        for kind in ("pa", "pcc"):
            for seed in range(number):
                for generation in (1, 51):
                    numbers = rng.normal(0.5 + shift, 0.1, len(reference.MEASURED)).tolist()
                    numbers[reference.MEASURED.index("inputs_apart")] = int(rng.random() < 0.5)
                    yield (kind, seed, generation, *numbers)

    same = reference_tables(tmp_path, rows(50, 0.0), rows(12, 0.0))
    assert [claim.verdict for claim in same] == ["inconclusive", "inconclusive", "holds"]
    assert "30 comparisons, smallest p = " in same[0].test and same[0].found == "n = 50 and 12"
    many = reference_tables(tmp_path, rows(400, 0.0), rows(400, 0.0))
    assert [claim.verdict for claim in many] == ["holds"] * 3
    other = reference_tables(tmp_path, rows(50, 0.2), rows(12, 0.0))
    assert [claim.verdict for claim in other] == ["differs", "differs", "holds"]


def test_a_missing_or_foreign_table_of_the_program_is_said(tmp_path):
    rows = [(kind, 1, 1, *[0.5] * 8) for kind in ("pa", "pcc")]
    with pytest.raises(EvomodError, match="share no generation of 'pcc'"):
        reference_tables(tmp_path, rows[:1], rows)
    reference_tables(tmp_path, rows, rows)
    module = script("clune2013/claims_reference")

    def claims(path):
        return decide(SCRIPTS / "clune2013" / "claims_reference.py", module, path, command="x")

    (tmp_path / "authors_program.csv").write_text("treatment,seed,generation\npa,1,1\n")
    with pytest.raises(EvomodError, match=r"authors_program.csv has no column 'best_fitness'"):
        claims(tmp_path / "evomod.csv")
    (tmp_path / "authors_program.csv").unlink()
    with pytest.raises(EvomodError, match=r"authors_program.csv is missing"):
        claims(tmp_path / "evomod.csv")


def test_rows_of_the_reference_are_what_the_run_shows():
    reference, kept = script("clune2013/reference"), {}
    for kind in ("pa", "pa-offspring"):
        rows = [row for seed in (1, 2, 3) for row in reference.run(kind, seed, last=101, population=60)]
        assert [row[:3] for row in rows[:3]] == [(kind, 1, 1), (kind, 1, 51), (kind, 1, 101)]
        rows = [dict(zip(reference.COLUMNS, row, strict=True)) for row in rows]
        assert all(row["connections"] <= row["connections_all"] for row in rows)
        kept[kind] = np.mean([row["parents_kept"] for row in rows])
    assert kept["pa"] > kept["pa-offspring"]


def test_times_to_solve_are_a_figure_of_the_command(tmp_path):
    times = script("kashtan2005/times")
    small = times.quick(seeds=1, cap=20)
    rows = read_rows(small)
    assert sorted((row["system"], row["goals"]) for row in rows) == [
        (system, goals) for system in ("circuit", "retina") for goals in ("fg", "fg-or", "mvg")
    ]
    assert {row["generations"] for row in rows} == {"20"} and {row["solved"] for row in rows} == {"0"}
    assert (
        times.times_to_solve.complete(small, times.times_to_solve.runs(1, reading="default"), 1) == 0
    )  # not run again
    picture, folder = draw_figure("kashtan2005-times", tmp_path / "times.png", study=small.parent)
    assert folder == small.parent and picture.stat().st_size > 10_000
    left, right = times.draw_table(SCRIPTS.parent / "results" / "kashtan2005" / "times.csv").axes
    assert left.get_title() == "NAND circuits, n = 50 runs a line"
    assert right.lines[0].get_ydata()[-1] == 1.0  # all retina networks under MVG
    (tmp_path / "times.csv").write_text("system,goals,reading\ncircuit,fg,default\n")
    with pytest.raises(EvomodError, match=r"times.csv has no column 'solved'; it has system, goals"):
        times.draw_table(tmp_path / "times.csv")
    shutil.rmtree(small.parent)


def test_a_table_of_runs_of_another_length_is_refused(tmp_path):
    controls, tables = script("clune2013/controls"), script("clune2013/tables")
    given = SimpleNamespace(out=tmp_path, runs=1, generations=3, workers=1)
    tables.complete(given, "controls", controls.COLUMNS, ("walk",), a_control)
    given.generations = 4
    with pytest.raises(EvomodError, match="holds runs of 3 generations, not 4"):
        tables.complete(given, "controls", controls.COLUMNS, ("walk",), a_control)


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


def test_networks_that_cannot_be_parted_are_left_out_of_q():
    figure = script("clune2013/figs3")
    pa, pcc = figure.SHOWN
    study = SimpleNamespace(
        courses={
            "treatment": np.array([pa] * 4 + [pcc] * 4),
            "replicate": np.tile([0, 0, 1, 1], 2),
            "generation": np.tile([0, 9], 4),
            "q_score": np.array([0.2, 0.3, 0.4, 0.5, 0.0, 0.0, 0.0, 0.3]),
        }
    )
    curves = figure.curves_of_q(study)
    assert curves["n"].tolist() == [2, 2, 0, 1]
    np.testing.assert_allclose(curves["q_score"], [0.3, 0.4, np.nan, 0.3])
    rows = figure.parted({"q_score": np.array([0.0, 0.2]), "connections": np.array([0, 5])})
    np.testing.assert_array_equal(rows["q_score"], [np.nan, 0.2])


@pytest.mark.parametrize(
    ("fixed", "varying", "mark"),
    [(100, 50, "o"), (900, 50, "^"), (100, 900, "v"), (900, 900, "x")],
)
def test_a_speedup_is_measured_a_bound_or_not_known(fixed, varying, mark):
    figure, axes = script("kashtan2007/fig2"), Figure().subplots()
    runs = np.full(5, float(fixed)), np.full(5, float(varying))
    assert figure.sign_of(*runs, 900) == mark
    figure.plot_size(axes, runs[0], {20.0: runs[1]}, 900, 0)
    line, *drawn = axes.lines[:2]
    assert np.isnan(line.get_ydata()).all() == (mark == "x")
    assert drawn[0].get_marker() == mark and (drawn[0].get_mfc() == "white") == (mark in "^v")
    assert len(axes.containers) == (mark != "x")  # what is not known has no bar


def test_the_bars_of_a_speedup_hold_two_thirds_of_the_bootstrap():
    figure = script("kashtan2007/fig2")
    fixed, varying = (
        np.array([10.0, 200.0, 400.0, 900.0, 900.0]),
        np.array([5.0, 8.0, 10.0, 20.0, 900.0]),
    )
    s, low, high = figure.speedup(fixed, varying)
    assert s == 40.0 and 0.0 < low < s < high
    assert low not in (s * 0.1, 10.0 / 900.0)  # neither cut at a place that is drawn well, nor the range


@pytest.mark.parametrize("is_old", [False, True])
def test_no_session_of_a_collected_manifest_names_a_place(tmp_path, is_old):
    session = {"argv": ["/home/me/bin/evomod", "study", "/data/x/study.toml", "--jobs", "2"]}
    known = session if is_old else {"sessions": [session, session]}
    (tmp_path / "manifest.json").write_text(json.dumps(known))
    script("collect").forget_places(tmp_path / "manifest.json")
    cleaned = json.loads((tmp_path / "manifest.json").read_text())
    for one in cleaned.get("sessions", [cleaned]):
        assert one["argv"] == ["bin/evomod", "study", "x/study.toml", "--jobs", "2"]


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


def asked(study, function, **given):
    """What a claim of 2007 finds in a study."""
    return function(SimpleNamespace(what=study), **given)


def test_a_direction_over_goals_is_not_decided_where_nothing_is_solved_or_goals_are_few():
    claims = script("kashtan2007/claims")
    slow, fast = [[900, 900, 800]] * 6, [[10, 20, 30]] * 6
    study = study_of_times({"fg": slow, "mvg": fast}, cap=900)
    goals = {"goals": lambda study: [(np.array(a), np.array(b)) for a, b in zip(slow, fast)]}
    labels = ("FG", "MVG")
    found = asked(study, claims.over_goals, labels=labels, **goals)
    assert found.effect.value == 1.0 and found.p == pytest.approx(2 / 2**6)
    assert found.found.startswith("6 goals; medians FG 900 [900, 900], n = 6; MVG 20")
    assert "over the runs of these goals p = " in found.test
    for few in ([], goals["goals"](study)[:4]):
        told = asked(study, claims.over_goals, labels=labels, goals=lambda study, few=few: few)
        assert told.verdict == "inconclusive"
    at_cap = [(np.full(3, 900.0), np.full(3, 900.0))] * 6
    told = asked(study, claims.over_goals, labels=labels, goals=lambda study: at_cap)
    assert told.verdict == "inconclusive" and "no run solved anything within G_max" in told.found


def study_of_times(times, cap=1000):
    """A study of goals of gate layers: ``{scenario: [runs of a goal, ...]}``."""
    treatments, summary = [], {"treatment": [], "generations": []}
    for scenario, goals in times.items():
        for k, runs in enumerate(goals):
            name = f"gates-{scenario}-goal-{k}"
            config = SimpleNamespace(
                schedule=SimpleNamespace(goals=(str(k),)), evolution=SimpleNamespace(generations=cap)
            )
            treatments.append(SimpleNamespace(name=name, config=config))
            summary["treatment"] += [name] * len(runs)
            summary["generations"] += list(runs)
    columns = {name: np.array(values) for name, values in summary.items()}
    return SimpleNamespace(summary=columns, study=SimpleNamespace(treatments=tuple(treatments)))


def test_runs_that_choose_the_hardest_goals_are_not_those_that_are_tested():
    claims = script("kashtan2007/claims")
    fixed = [[900, 10, 900, 20, 900], [900, 1000, 700, 1000, 800], [10, 1000, 20, 1000, 900]]
    study = study_of_times({"fg": fixed, "mvg": [[30] * 5] * 3})
    pairs = claims.judged(study, "gates", "mvg")
    assert [fixed.tolist() for fixed, _ in pairs] == [[10, 20], [1000, 1000]]
    assert all(varying.tolist() == [30] * 5 for _, varying in pairs)


def test_the_choice_of_goals_favours_no_side():
    """Labels that mean nothing: where the same runs choose and are tested, those of the fixed goal look slow."""
    claims, rng, gaps = script("kashtan2007/claims"), np.random.default_rng(1), []
    speedup = script("kashtan2007/speedup")
    for _ in range(200):
        times = rng.integers(1, 1001, (2, 12, 5))
        study = study_of_times({"fg": times[0], "mvg": times[1]})
        sides = (
            claims.judged(study, "gates", "mvg"),
            list(speedup.hardest(study, "gates", "mvg").values()),
        )
        gaps.append([np.mean([np.median(a) - np.median(b) for a, b in side]) for side in sides])
    means, errors = np.mean(gaps, axis=0), np.std(gaps, axis=0) / np.sqrt(200)
    assert abs(means[0]) < 3.0 * errors[0] and means[1] > 10.0 * errors[1]


def speedup_of(varying, n=9, runs=11, cap=9e4, slow=8000.0):
    """A study of n goals that take long when they are fixed."""
    return study_of_times({"fg": [[slow] * runs] * n, "mvg": [[varying] * runs] * n}, cap)


@pytest.mark.parametrize(
    ("varying", "n", "verdict", "found"),
    [
        (1.0, 9, "holds", "9 of 9"),
        (1.0, 5, "inconclusive", "5 of 5"),  # p = 0.06
        (9000.0, 9, "reversed", "0 of 9"),
        (9e4, 9, "reversed", "0 of 9"),  # the varying goals are not solved
    ],
)
def test_verdicts_of_goals_that_show_a_speedup(varying, n, verdict, found):
    claims = script("kashtan2007/claims")
    told = asked(speedup_of(varying, n), claims.mostly, model="gates")
    assert of_direction(told.effect, told.p, 0.15) == verdict
    assert told.found == f"{found} goals above 3,000 generations"


def test_without_a_goal_that_takes_long_nothing_is_said_of_a_share():
    claims = script("kashtan2007/claims")
    easy = speedup_of(10.0, slow=100.0)
    assert asked(easy, claims.mostly, model="gates").verdict == "inconclusive"


def test_s_is_compared_with_what_the_law_predicts_at_the_horizon():
    claims = script("kashtan2007/claims")
    low, high = claims.S_AT_HORIZON["gates"]
    smallest = next(c.smallest for c in claims.CLAIMS if c.text.startswith("gate layers: S of"))
    assert 1.0 + smallest == pytest.approx(np.sqrt(high / low))
    predicted = study_of_times({"fg": [[60_000] * 11] * 6, "mvg": [[5000] * 11] * 6}, 90_000)
    told = asked(predicted, claims.at_horizon, model="gates")
    assert of_equality(told.effect, smallest) == "holds" and told.verdict is None
    far = study_of_times({"fg": [[60_000] * 11] * 6, "mvg": [[100] * 11] * 6}, 90_000)
    assert of_equality(asked(far, claims.at_horizon, model="gates").effect, smallest) == "differs"
    bound = study_of_times({"fg": [[90_000] * 11] * 6, "mvg": [[45_000] * 11] * 6}, 90_000)
    assert asked(bound, claims.at_horizon, model="gates").verdict == "inconclusive"  # S is at least 2
    unsolved = study_of_times({"fg": [[90_000] * 11] * 6, "mvg": [[90_000] * 11] * 6}, 90_000)
    assert asked(unsolved, claims.at_horizon, model="gates").verdict == "inconclusive"


def test_an_exponent_is_compared_with_the_published_one():
    claims = script("kashtan2007/claims")
    fixed = [10.0 ** (2 + k / 4) for k in range(9)]
    varying = [t ** (1 - 0.7) for t in fixed]
    study = study_of_times({"fg": [[t] * 5 for t in fixed], "mvg": [[t] * 5 for t in varying]}, 1e5)
    told = asked(study, claims.growth, model="gates")
    assert told.effect.value == pytest.approx(0.0, abs=1e-9)
    assert told.effect.high == pytest.approx(1.96 * claims.ERROR)  # theirs, for ours is 0
    assert "0.7 ± " in told.found and "9 goals, 0 of them bounds" in told.found


def test_collecting_a_study_of_other_settings_writes_below_its_own(tmp_path, monkeypatch):
    collect = load_script(SCRIPTS / "collect.py")
    results = SCRIPTS.parent / "results" / "kashtan2007"
    own = tmp_path / "results" / "kashtan2007"
    monkeypatch.setattr(collect, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(collect, "write_tables", lambda folder: None)
    own.mkdir(parents=True)
    for name in ("summary.csv", "study.toml", "manifest.json"):
        shutil.copy(results / name, own / name)
    shutil.copytree(results / "elite", tmp_path / "study")
    monkeypatch.setattr(collect, "draw_figure", lambda name, path, study: path.write_bytes(b""))
    collect.gather(tmp_path / "study", "elite")
    assert (own / "elite" / "summary.csv").read_bytes() == (
        results / "elite" / "summary.csv"
    ).read_bytes()
    assert (own / "summary.csv").read_bytes() == (results / "summary.csv").read_bytes()


def test_verdicts_are_written_between_their_marks(tmp_path):
    collect, page = load_script(SCRIPTS / "collect.py"), tmp_path / "PAPER.md"
    claim = Claim("paper", "a", "3, n = 4", "delta +1", "p = 0.1", "inconclusive")
    page.write_text(f"# Paper\n\n{collect.BEGIN}\nold\n{collect.END}\n\nmore\n")
    collect.show("paper", [claim], page)
    shown = page.read_text()
    assert "1 claims: 1 inconclusive." in shown and as_markdown([claim]) in shown and "old" not in shown
    assert shown.startswith("# Paper\n\n") and shown.endswith("\n\nmore\n")
    collect.show("paper", [claim], page)
    assert page.read_text() == shown
    page.write_text("# Paper\n")
    with pytest.raises(EvomodError, match="has no place for verdicts"):
        collect.show("paper", [claim], page)


def test_claims_that_are_not_asked_any_more_stand_with_their_reason():
    collect = load_script(SCRIPTS / "collect.py")
    assert collect.deleted("mengistu2016") == []
    assert "S_max of VG_0 2.5 ± 2 | S_max is of the hardest goals" in collect.deleted("kashtan2007")[1]


def test_claims_of_the_speedup_ask_both_selections_and_no_taste(tmp_path):
    module, path = script("kashtan2007/claims"), SCRIPTS / "kashtan2007" / "claims.py"
    results = SCRIPTS.parent / "results" / "kashtan2007"
    found = of_study(path, module, load_study(results))
    assert [claim.claim for claim in found] == [spec.text for spec in module.CLAIMS]
    n = len(found) // 2
    assert any(a.found != b.found for a, b in zip(found[:n], found[n:], strict=True))
    shutil.copytree(results / "elite", tmp_path / "elite")
    for name in ("summary.csv", "study.toml", "manifest.json"):
        shutil.copy(results / name, tmp_path / name)
    text = (tmp_path / "elite" / "study.toml").read_text()
    (tmp_path / "elite" / "study.toml").write_text(
        re.sub(r"(?m)^generations = \d+", "generations = 100", text)
    )
    small = of_study(path, module, load_study(tmp_path))
    assert small[:n] == found[:n] and {claim.verdict for claim in small[n:]} == {"not run"}
    assert "a taste, which decides nothing: evomod study" in small[n].found
    shutil.rmtree(tmp_path / "elite")
    assert (
        script("kashtan2007/both_selections").with_elite(load_study(tmp_path), "study.toml")[0] is None
    )


def test_a_paper_without_results_says_that_it_was_not_run():
    for path in SCRIPTS.glob("*/claims.py"):
        paper = path.with_name("PAPER.md")
        if paper.exists() and not (RESULTS / path.parent.name).exists():
            assert "Not run at full size yet" in paper.read_text()


def test_claims_of_the_course_ask_both_selections(tmp_path):
    claims = script("kashtan2007/claims_course")
    results = SCRIPTS.parent / "results" / "kashtan2007" / "kashtan2007-course"
    path = SCRIPTS / "kashtan2007" / "claims_course.py"
    found = of_study(path, claims, load_study(results))
    assert [claim.claim for claim in found] == [spec.text for spec in claims.CLAIMS]
    assert all("n = 40" in c.found for c in found[::2])
    assert [claim.found.split(";")[0] for claim in found[1::2]] == ["MVG 2/40 (5%)", "MVG 39/40 (98%)"]
    for name in ("summary.csv", "study.toml", "manifest.json"):
        shutil.copy(results / name, tmp_path / name)
    alone = of_study(path, claims, load_study(tmp_path))
    assert {claim.verdict for claim in alone} == {"not run"}
    assert "no course.csv.gz: evomod figure" in alone[0].found
    assert "--set selection.method=elite" in alone[2].found


@pytest.mark.parametrize(("times", "verdict"), [(50.0, "holds"), (200.0, "reversed")])
def test_a_range_of_periods_is_as_good_as_its_worst(monkeypatch, times, verdict):
    periods, rng = script("kashtan2007/claims_periods"), np.random.default_rng(1)
    groups = {20: np.full(30, 10.0), 500: np.full(30, times), 2000: np.full(30, 999.0)}
    fixed = rng.uniform(90.0, 110.0, 30)
    monkeypatch.setattr(periods.fig2, "by_size", lambda study: {50: (fixed, groups)})
    found = asked(None, periods.ranged, size=50)
    assert "2000" not in found.found and "20: +1.00" in found.found
    if verdict == "holds":
        assert of_direction(found.effect, found.p, 0.33) == "holds"
    else:
        assert found.effect.value == -1.0 and "least, period 500" in found.test


def test_who_is_not_solved_is_the_last_to_solve():
    claims = script("mengistu2016/claims")
    solved = np.array([np.nan, 7, 30, np.nan])
    study = SimpleNamespace(column=lambda name, treatment: solved)
    assert claims.times(study, "pa").tolist() == [25_000.0, 7.0, 30.0, 25_000.0]


def test_claims_of_hierarchy_tell_sub_problems_times_and_a_null():
    module, path = script("mengistu2016/claims"), SCRIPTS / "mengistu2016" / "claims.py"
    study = load_study(SCRIPTS.parent / "results" / "mengistu2016")
    study = replace(study, manifest={})  # as if it were of today's births
    found = {c.claim: c for c in of_study(path, module, study)}
    assert list(found) == [spec.text for spec in module.CLAIMS]
    sooner = found["P&CC (p = 1) reaches a solution in fewer generations than PA"]
    solved = study.column("generations_to_solve", "pcc-100").astype(float)
    told = f"solved {np.isfinite(solved).sum()}/30 (100%), given solved {np.nanmedian(solved):g}"
    assert sooner.found.startswith(f"P&CC, p = 1 {told} ")
    assert found["P&CC (p = 1) computes more sub-problems than PA"].found.count("n = 30") == 2
    null = found[
        "P&CC (p = 1) is more hierarchical than PA relative to degree-preserving randomisations (z)"
    ]
    assert null.effect.startswith("delta ") and null.verdict in VERDICTS


def test_replicates_that_choose_a_period_are_not_tested(monkeypatch):
    periods = script("clune2013/claims_periods")
    groups = {20: np.array([0.9, 0.1, 0.8, 0.2]), 50: np.array([0.5, 0.6, 0.5, 0.7])}
    monkeypatch.setattr(periods.fig3b, "by_period", lambda study, kind: groups)
    assert periods.best(groups) == 20
    assert periods.q_score(None, "mvg").tolist() == periods.q_score(None, "both").tolist() == [0.1, 0.2]
    assert periods.q_score(None, "both-at-mvg").tolist() == groups[20].tolist()  # chosen by the others


def test_networks_without_a_connection_have_no_q():
    sweeps = script("clune2013/claims_sweeps")
    q = sweeps.with_modules(np.array([0, 0.4, 0.0]), np.array([0, 30, 5]))
    np.testing.assert_array_equal(q, [np.nan, 0.4, 0.0])


def test_controls_are_groups_of_the_sweeps(tmp_path):
    sweeps = script("clune2013/claims_sweeps")
    study = load_study(SCRIPTS.parent / "results" / "clune2013" / "clune2013-sweeps")
    with pytest.raises(OutdatedError, match="controls: made by evomod 0.1.0"):
        sweeps.q(study, "walk")
    table = study.folder.with_name("clune2013-controls") / "controls.csv"
    shutil.copy(table, tmp_path / "controls.csv")
    (tmp_path / "controls.manifest.json").write_text('{"versions": {"evomod": "0.2.0"}}')
    moved = replace(study, folder=tmp_path)
    controls = read_table(table)
    walk = controls["q_score"][controls["treatment"] == "walk"]
    assert sweeps.q(moved, "walk").tolist() == walk.tolist()
    assert sweeps.runs_of(moved, "walk") == (walk.size, 50) and sweeps.runs_of(moved, "pa-or") is None
    with pytest.raises(NotRunError, match=r"controls\.py"):
        sweeps.q(replace(study, folder=tmp_path / "none"), "walk")
    four = Source(SCRIPTS / "clune2013" / "claims_sweeps.py", sweeps, study)
    spec = next(spec for spec in sweeps.CLAIMS if spec.text.startswith("any four pixels"))
    left_out = int((study.column("connections", "pcc-any-four") == 0).sum())
    assert left_out and f"({left_out} without a number left out) " in spec.measured(four).found


def test_operators_are_replaced_one_at_a_time():
    make = script("kashtan2007/make_studies")
    assert make.variants("and-or-and") == ["or-or-and", "and-and-and", "and-or-or"]
    study = load_definition(SCRIPTS / "kashtan2007" / "study_any.toml")
    assert len(study.treatments) == 24 and make.texts()["study_any.toml"] == (
        SCRIPTS / "kashtan2007" / "study_any.toml"
    ).read_text(encoding="utf-8")
    goals = {t.name: t.config.schedule.goals for t in study.treatments}
    first = "xor-xor-xor_and-and-and"
    assert goals["gates-any-xor-and-and-and"][::2] == (first,) * 3
    assert len(set(goals["gates-any-xor-and-and-and"])) == 4
    assert goals["gates-walk-xor-and-and-and"][0] == first


def test_goals_solved_sooner_by_another_operator_are_pairs():
    claims = script("kashtan2007/claims_any")
    study = study_of_times({"mvg": [[900] * 3] * 6, "walk": [[30] * 3] * 6})
    found = asked(study, claims.CLAIMS[4].test)
    assert found.effect.value == 1.0 and found.found.startswith("6 goals; medians middle operator 900")
    assert "any operator, random walk" in found.found


def test_offspring_that_tie_replace_elders_and_elders_that_tie_stay():
    times, rng = script("kashtan2005/times_to_solve"), np.random.default_rng(1)
    fitness = np.array([0.5, 1.0, 0.5, 1.0, 0.5, 1.0, 0.9, 1.0])  # the elite of two stands first
    assert times.breed_of_elders(0.25, fitness, rng)[0].tolist() == [1, 3]
    kept, parents = times.breed_of_offspring(0.25, fitness, rng)
    assert kept.tolist() == [5, 7] and parents.size == 6 and set(parents) <= {5, 7}


def test_a_networks_q_m_is_that_of_its_undirected_graph(tmp_path, capsys, monkeypatch):
    calibrate = script("kashtan2005/calibrate")
    path = tmp_path / "two.txt"
    path.write_text(
        "a b\nb a\nb c\nc a\nc d\nd e\ne f\nf d\nf f\n"
    )  # two triangles, a loop, a pair both ways
    graph = calibrate.connected(path)
    assert graph.shape == (6, 6) and graph.sum() == 14 and (graph == graph.T).all()
    monkeypatch.setattr("sys.argv", ["calibrate.py", str(path), "--draws", "30", "--q-max", "0.5"])
    calibrate.main()
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.startswith("| two.txt | 6 | 7 | 0.357 | ") and "| 0.500 |" in row


def test_tables_that_verdicts_are_made_of_are_shipped():
    """As package data: the tables of every committed study, and of every experiment that is no study."""
    parser = ConfigParser()
    parser.read(SCRIPTS.parent / "setup.cfg", encoding="utf-8")
    patterns = parser["options.package_data"]["*"].replace(",", " ").split()
    results = SCRIPTS.parent / "evomod" / "results"  # a link to the folder, so that a wheel holds it
    shipped = {path for pattern in patterns for path in results.rglob(pattern)}
    studies = [path.parent for path in results.rglob("study.toml")]
    assert len(studies) > 10
    for folder in studies:
        for name in ("summary.csv", "study.toml", "manifest.json"):
            assert folder / name in shipped
    assert set(results.rglob("claims.json")) <= shipped
    assert results / "reference" / "authors_program.csv" in shipped
    assert results / "filan2021" / "table.csv" in shipped
    assert sum(path.stat().st_size for path in shipped) < 16_000_000
