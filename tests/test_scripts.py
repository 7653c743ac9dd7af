"""What the papers' scripts compute besides drawing: maps, controls, speedups, definitions of studies."""

import csv
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

import evomod
from evomod.errors import EvomodError
from evomod.evolution import setup as preparation
from evomod.files.provenance import versions as versions_of
from evomod.papers import scripts as papers
from evomod.papers.claims import Claim, as_markdown, larger
from evomod.papers.figures import draw_figure
from evomod.papers.scripts import load_script
from evomod.statistics import rank_sum
from evomod.studies.row_tables import read_rows
from evomod.studies.tables import load_study, read_columns

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
    image, _ = figure.image_of(read_columns(tmp_path / "mole.csv"))
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


def test_a_random_walk_is_inherited_with_noise():
    controls, rng = script("clune2013/controls"), np.random.default_rng(1)
    controls.performance = lambda setup, genomes: np.zeros(5000)
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
    return script("clune2013/claims_reference").claims(folder / "evomod.csv")


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
    assert [claim.verdict for claim in same] == ["holds"] * 3
    assert "30 comparisons; smallest p = " in same[0].test and "n = 50 and 12; largest" in same[0].found
    few = reference_tables(tmp_path, rows(20, 0.0), rows(12, 0.0))
    assert [claim.verdict for claim in few] == ["cannot tell", "cannot tell", "holds"]
    other = reference_tables(tmp_path, rows(50, 0.2), rows(12, 0.0))
    assert [claim.verdict for claim in other] == ["fails", "fails", "holds"]


def test_a_missing_or_foreign_table_of_the_program_is_said(tmp_path):
    rows = [(kind, 1, 1, *[0.5] * 8) for kind in ("pa", "pcc")]
    with pytest.raises(EvomodError, match="share no generation of 'pcc'"):
        reference_tables(tmp_path, rows[:1], rows)
    reference_tables(tmp_path, rows, rows)
    claims = script("clune2013/claims_reference").claims
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
    assert times.RUNS.complete(small, times.RUNS.runs(1, reading="default"), 1) == 0  # not run again
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
    nothing = claims.faster(study, "c", (at_cap, at_cap), labels, 2)
    assert nothing.verdict == "cannot tell" and nothing.test == "none"
    few_solved = np.where(np.arange(22) < 6, 10.0, 900.0)  # both medians are at the cap
    assert claims.faster(study, "c", (few_solved, at_cap), labels, 2).verdict == "fails"
    assert claims.faster(study, "c", (at_cap, few_solved), labels, 2).verdict == "holds"
    assert claims.faster(study, "c", (at_cap[:0], few_solved), labels, 2).verdict == "cannot tell"
    assert claims.faster(study, "c", (alike, alike), labels, 2).verdict == "fails"
    assert claims.faster(study, "c", (alike, alike), labels, 3).verdict == "cannot tell"


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
    tested, varying, n_goals = claims.judged(study, "gates", "mvg")
    assert n_goals == 2 and tested.tolist() == [10, 20, 1000, 1000] and varying.tolist() == [30] * 10
    found = claims.beside_fixed(study, "c", "gates", "mvg")
    assert found.found == "FG 510, range [10, 1000], n = 4; MVG 30 [30, 30], n = 10"
    assert "Cliff's delta +0.00" in found.test


def test_the_choice_of_goals_favours_no_side():
    """Labels that mean nothing: where the same runs choose and are tested, those of the fixed goal look slow."""
    claims, rng, deltas = script("kashtan2007/claims"), np.random.default_rng(1), []
    for _ in range(200):
        times = rng.integers(1, 1001, (2, 12, 5))
        study = study_of_times({"fg": times[0], "mvg": times[1]})
        deltas.append(
            [
                rank_sum(*side(study, "gates", "mvg")[:2]).cliffs_delta
                for side in (claims.judged, claims.pooled)
            ]
        )
    means, errors = np.mean(deltas, axis=0), np.std(deltas, axis=0) / np.sqrt(200)
    assert abs(means[0]) < 3.0 * errors[0] and means[1] > 10.0 * errors[1]


@pytest.mark.parametrize(
    ("varying", "runs", "verdict", "found"),
    [
        (1.0, 11, "holds", "9 of 9"),
        (1.0, 3, "cannot tell", "9 of 9"),  # too few runs a goal
        (9000.0, 11, "fails", "0 of 9"),
        (9e4, 11, "fails", "0 of 9"),  # the varying goals are not solved
    ],
)
def test_verdicts_of_goals_that_almost_always_show_a_speedup(varying, runs, verdict, found):
    claims = script("kashtan2007/claims")
    pairs = {str(k): (np.full(runs, 8000.0), np.full(runs, varying)) for k in range(9)}
    pairs |= {
        "easy": (np.full(runs, 2000.0), np.full(runs, 9000.0)),
        "unknown": (np.full(runs, 9e4), np.full(runs, 9e4)),
    }
    told = claims.mostly("c", pairs, 9e4)
    assert told.verdict == verdict and told.found.startswith(f"{found} goals above 3,000 generations")


def test_a_share_that_may_be_almost_always_is_not_told():
    claims = script("kashtan2007/claims")
    pairs = {str(k): (np.full(11, 8000.0), np.full(11, 10.0 if k else 9000.0)) for k in range(8)}
    told = claims.mostly("c", pairs, 9e4)  # 7 of 8: 47 % to 100 %
    assert told.verdict == "cannot tell" and told.test.endswith("47% to 100%")
    assert claims.mostly("c", {}, 9e4).verdict == "cannot tell"


def test_a_scenario_may_be_claimed_to_be_slower():
    claims = script("kashtan2007/claims")
    slow, fast = [[1000] * 11] * 3, [[600, 610, 620, 630, 640, 650, 660, 670, 680, 690, 700]] * 3
    study = study_of_times({"fg": fast, "rvgc": slow, "mvg": slow})
    assert claims.beside_fixed(study, "c", "gates", "rvgc", is_later=True).verdict == "holds"
    assert claims.beside_fixed(study, "c", "gates", "mvg").verdict == "fails"
    texts = [text for model in claims.SPEEDUP.MODELS for text in claims.texts(model)]
    assert [text for text in texts if "S below 1" in text] == [
        "NAND circuits: a constant random goal in between (RVG_c) slows the hardest goals down (S below 1)"
    ]


def test_claims_of_the_speedup_ask_both_selections_and_no_taste(tmp_path):
    claims = script("kashtan2007/claims")
    results = SCRIPTS.parent / "results" / "kashtan2007"
    found, n = claims.claims(load_study(results)), len(claims.AS_QUOTED)
    assert [claim.claim for claim in found] == claims.CLAIMS and len(found) == 2 * n
    assert any(a.found != b.found for a, b in zip(found[:n], found[n:], strict=True))
    (tmp_path / "elite").mkdir()
    for folder in ("", "elite"):
        for name in ("summary.csv", "study.toml", "manifest.json"):
            shutil.copy(results / folder / name, tmp_path / folder / name)
    assert claims.claims(load_study(tmp_path)) == found
    text = (tmp_path / "elite" / "study.toml").read_text()
    (tmp_path / "elite" / "study.toml").write_text(
        re.sub(r"(?m)^generations = \d+", "generations = 100", text)
    )
    small = claims.claims(load_study(tmp_path))
    assert small[:n] == found[:n] and {claim.verdict for claim in small[n:]} == {"cannot tell"}
    assert "a taste, which decides nothing: evomod study" in small[n].found
    other = re.sub(r'(?m)^method = "elite"', 'method = "roulette"', text)
    (tmp_path / "elite" / "study.toml").write_text(other)
    assert "another selection (selection roulette)" in claims.claims(load_study(tmp_path))[n].found
    shutil.rmtree(tmp_path / "elite")
    assert "not run: evomod study" in claims.claims(load_study(tmp_path))[n].found


def test_a_goal_that_no_scenario_solves_makes_no_number():
    claims, cap = script("kashtan2007/claims"), 1000
    goals = {
        "a": (np.full(11, 1000.0), np.full(11, 400.0)),
        "b": (np.full(11, 900.0), np.full(11, 360.0)),
    }
    known = claims.largest("c", goals, cap, (2.5, 1.0))
    assert known.verdict == "holds" and known.found.startswith("at least 2.5 ± 0")
    goals["c"] = (np.full(11, 1000.0), np.full(11, 1000.0))
    unknown = claims.largest("c", goals, cap, (2.0, 1.0))
    assert unknown.verdict == "cannot tell" and not unknown.found.startswith("at least")
    assert unknown.found.endswith("S is not known of 1 of 3 goals")
    assert claims.largest("c", goals, cap, (90.0, 1.0)).verdict == "cannot tell"


def test_a_study_of_other_settings_is_collected_below_its_own(tmp_path, monkeypatch):
    collect, results = script("collect"), SCRIPTS.parent / "results" / "kashtan2007"
    monkeypatch.setattr(collect, "RESULTS", tmp_path / "results")
    own = tmp_path / "results" / "kashtan2007"
    own.mkdir(parents=True)
    for name in ("summary.csv", "study.toml", "manifest.json"):
        shutil.copy(results / name, own / name)
    shutil.copytree(results / "elite", tmp_path / "study")
    monkeypatch.setattr(collect, "draw_figure", lambda name, path, study: path.write_bytes(b""))
    paper, found = collect.gather(tmp_path / "study", "elite")
    assert paper == "kashtan2007"
    assert found == script("kashtan2007/claims").claims(load_study(results))
    assert (own / "elite" / "summary.csv").read_bytes() == (
        results / "elite" / "summary.csv"
    ).read_bytes()
    assert (own / "summary.csv").read_bytes() == (results / "summary.csv").read_bytes()


def test_fresh_verdicts_take_the_place_of_their_rows_in_the_paper_s_text(tmp_path, monkeypatch):
    collect = load_script(SCRIPTS / "collect.py")
    monkeypatch.setattr(collect, "SCRIPTS", tmp_path)
    (tmp_path / "paper").mkdir()
    text = "# Paper\n\n| claim | here | test | verdict |\n|---|---|---|---|\n| a | 1 | p = 1 | holds |\n| b | 2 | | fails |\n"
    (tmp_path / "paper" / "PAPER.md").write_text(text)
    collect.show("paper", [Claim("paper", "a", "3, n = 4", "p = 0.1", "fails")])
    shown = (tmp_path / "paper" / "PAPER.md").read_text()
    assert shown == text.replace("| a | 1 | p = 1 | holds |", "| a | 3, n = 4 | p = 0.1 | **fails** |")
    with pytest.raises(EvomodError, match=r"PAPER.md has no row for the claim \| c \|"):
        collect.show("paper", [Claim("paper", "c", "", "", "fails")])
    assert (tmp_path / "paper" / "PAPER.md").read_text() == shown


@pytest.mark.parametrize(
    "paper",
    sorted(
        path.parent.name
        for path in SCRIPTS.glob("*/claims.py")
        if path.with_name("PAPER.md").exists() and (RESULTS / path.parent.name).exists()
    ),
)
def test_every_verdict_that_is_kept_stands_in_the_paper_s_text(paper):
    rows = json.loads((SCRIPTS.parent / "results" / paper / "claims.json").read_text())
    texts = [t for path in (SCRIPTS / paper).glob("claims*.py") for t in load_script(path).CLAIMS]
    assert sorted(row["claim"] for row in rows) == sorted(texts)
    shown = (SCRIPTS / paper / "PAPER.md").read_text().splitlines()
    for row in rows:
        (line,) = as_markdown([Claim(**row)]).splitlines()[2:]
        assert line in shown


def test_a_paper_without_results_says_that_it_was_not_run():
    for path in SCRIPTS.glob("*/claims.py"):
        paper = path.with_name("PAPER.md")
        if paper.exists() and not (RESULTS / path.parent.name).exists():
            assert "Not run at full size yet" in paper.read_text()


def test_claims_of_the_course_ask_both_selections(tmp_path):
    claims = script("kashtan2007/claims_course")
    results = SCRIPTS.parent / "results" / "kashtan2007" / "kashtan2007-course"
    found = claims.claims(load_study(results))
    assert [claim.claim for claim in found] == claims.CLAIMS and all(
        "n = 40" in c.found for c in found[::2]
    )
    assert [claim.found.split(";")[0] for claim in found[1::2]] == ["MVG 2/40 (5%)", "MVG 39/40 (98%)"]
    for name in ("summary.csv", "study.toml", "manifest.json"):
        shutil.copy(results / name, tmp_path / name)
    alone = claims.claims(load_study(tmp_path))
    assert {claim.verdict for claim in alone} == {"cannot tell"}
    assert "no course.csv.gz: evomod figure" in alone[0].found
    assert "--set selection.method=elite" in alone[2].found


@pytest.mark.parametrize(
    ("times", "n", "verdict"),
    [(50.0, 30, "holds"), (50.0, 29, "cannot tell"), (100.0, 30, "cannot tell"), (200.0, 30, "fails")],
)
def test_verdicts_of_a_range_of_periods(times, n, verdict):
    groups = {20: np.full(n, 10.0), 500: np.full(n, times), 2000: np.full(n, 999.0)}
    ranged = script("kashtan2007/claims_periods").ranged
    assert ranged((np.full(n, 100.0), groups), "c").verdict == verdict


def test_a_range_of_periods_is_not_decided_where_an_interval_holds_one():
    ranged, rng = script("kashtan2007/claims_periods").ranged, np.random.default_rng(1)
    fixed = rng.permutation(np.repeat([10.0, 900.0], [12, 18]))  # solved at once, or hardly
    groups = {2: np.full(30, 1e4), 20: np.full(30, 50.0), 500: np.full(30, 60.0)}
    found = ranged((fixed, groups), "c")
    assert found.verdict == "cannot tell"  # S of medians is 18 and 15
    assert "20: 18 [0.2, 18]" in found.found and found.found.endswith("n = 30 runs each")
    assert found.test.startswith("bootstrapped intervals, 97.50% each")


def test_who_is_not_solved_is_the_last_to_solve():
    claims = script("mengistu2016/claims")
    columns = {
        "generations": np.array([900] * 4),
        "generations_to_solve": np.array([np.nan, 7, 30, np.nan]),
    }
    study = SimpleNamespace(column=lambda name, treatment: columns[name])
    assert claims.times(study, "pa").tolist() == [900.0, 7.0, 30.0, 900.0]


def test_claims_of_hierarchy_tell_sub_problems_and_times():
    claims = script("mengistu2016/claims")
    study = load_study(SCRIPTS.parent / "results" / "mengistu2016")
    found = {c.claim: c for c in claims.claims(study)}
    assert list(found) == claims.CLAIMS
    sooner = found["P&CC (p = 1) reaches a solution in fewer generations than PA"].found.split("; ")
    for text, label, name in zip(sooner, ("PA", "P&CC"), ("pa", "pcc-100"), strict=True):
        times = study.column("generations_to_solve", name)
        times = np.where(np.isnan(times), study.column("generations", name), times)
        assert text.startswith(f"{label} {np.median(times):.4g}") and text.endswith(f"n = {times.size}")
    told = found["P&CC (p = 1) tells more sub-problems than PA"]
    assert told.found.count(f"n = {times.size}") == 2 and "rank-sum p" in told.test


def test_a_recalled_percentage_is_tested_by_every_count_that_it_may_be():
    claims = script("clune2013/claims")
    one = claims.share("c", (36, 50), (28,))
    assert one.verdict == "holds" and one.test.count("Fisher") == 1
    assert claims.share("c", (10, 50), (19,)).verdict == "holds"  # p = 0.08
    assert claims.share("c", (10, 50), (20,)).verdict == "fails"  # p = 0.049
    both = claims.share("c", (10, 50), (19, 20))
    assert both.verdict == "cannot tell" and both.test.endswith("points to 20/50")
    shares = [counts for pair in claims.SHARES.values() for counts in pair]
    assert all(abs(100 * n / claims.N - percent) <= 1 for percent, counts in shares for n in counts)


def test_replicates_that_choose_a_period_are_not_tested():
    periods = script("clune2013/claims_periods")
    groups = {20: np.array([0.9, 0.1, 0.8, 0.2]), 50: np.array([0.5, 0.6, 0.5, 0.7])}
    period, q = periods.best(groups)
    assert period == 20 and q.tolist() == [0.1, 0.2]


def test_networks_without_a_connection_have_no_q_and_a_family_is_corrected():
    sweeps = script("clune2013/claims_sweeps")
    q = sweeps.with_modules(np.array([0, 0.4, 0.0]), np.array([0, 30, 5]))
    np.testing.assert_array_equal(q, [np.nan, 0.4, 0.0])
    high, low = np.arange(10, 20) / 20, np.append(np.arange(8) / 20, np.nan)
    tests = [(larger, f"c{k}", high, low, ("a", "b")) for k in range(3)]
    tests += [(larger, "none", high, low[8:], ("a", "b"))]
    first, *_, none = sweeps.family(tests)
    assert "p = 4.6e-05 (0.00014 by Holm)" in first.test and first.verdict == "holds"  # times three
    assert "b (1 without a connection left out) 0.175 [" in first.found and "n = 8" in first.found
    assert none.verdict == "cannot tell" and "no values" in none.test
    small = [(larger, "c", [3, 4, 5, 6], [1, 2, 2, 1], ("a", "b"))]  # p = 0.027
    assert [c.verdict for c in sweeps.family(small)] == ["holds"]
    assert [c.verdict for c in sweeps.family(small * 2)] == ["cannot tell"] * 2


def test_controls_are_claims(monkeypatch):
    sweeps = script("clune2013/claims_sweeps")
    study = load_study(SCRIPTS.parent / "results" / "clune2013" / "clune2013-sweeps")
    versions = {study.manifest["versions"]["evomod"], versions_of()["evomod"]}
    alone = {claim.claim: claim.found for claim in sweeps.claims(study)}
    if len(versions) == 2:  # PA and P&CC were made by another version: they are not compared
        assert alone[sweeps.WALK] == "not run at this size: study.toml"
    monkeypatch.setattr(papers, "_alike", lambda one, other: True)
    found = {claim.claim: claim for claim in sweeps.claims(study)}
    assert list(found) == sweeps.CLAIMS
    controls = read_columns(study.folder.with_name("clune2013-controls") / "controls.csv")
    walk = controls["q_score"][controls["treatment"] == "walk"]
    shown = f"PA, random walk {np.median(walk):.4g}"
    assert shown in found[sweeps.WALK].found and found[sweeps.WALK].found.endswith(f"n = {walk.size}")
    for text in sweeps.HIGHER_BY_Q:
        assert f"n = {walk.size}; PA 0." in found[text].found and "by Holm" in found[text].test
    four = next(c for text, c in found.items() if text.startswith("any four pixels: P&CC"))
    name = next(name for name, label in study.labels.items() if label == "P&CC, any four pixels")
    connections = study.column("connections", name)
    left_out = int((connections == 0).sum())
    assert left_out > 0 and f"({left_out} without a connection left out) " in four.found
    assert f"n = {connections.size - left_out}; PA" in four.found
