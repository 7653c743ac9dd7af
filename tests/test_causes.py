"""The study of causes: its further tables, its goals, its matching, and what becomes of a network afterwards."""

import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from evomod import effects
from evomod.errors import EvomodError
from evomod.evolution.loop import evolve
from evomod.evolvability.transfers import descendants, fitness_course, relation
from evomod.papers import claim, testing, verification
from evomod.papers import scripts as papers
from evomod.statistics import rank_correlation
from evomod.studies.definition import load_definition
from evomod.studies.engines import in_workers
from evomod.studies.run import run_study
from evomod.studies.tables import Columns, further_table, load_study
from evomod.task import load_task

ROOT = Path(__file__).parent.parent
derived = papers.load_script(ROOT / "scripts" / "causes" / "derived.py")

SMALL = ["evolution.population=20", "evolution.generations=40"]


def small(replicates):
    return load_definition(ROOT / "scripts" / "causes" / "study_fixed.toml", SMALL, replicates)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run_study(small(1), tmp_path_factory.mktemp("causes") / "causes-fixed", jobs=1)


def test_goals_that_are_never_trained_share_what_their_names_say():
    task = load_task("retina-relations")
    assert [relation(task, derived.TRAINED, goal) for goal in derived.OTHERS] == [
        "related", "partly related", "unrelated", "unrelated",
    ]  # fmt: skip
    assert {int(task.tables[goal].sum()) for goal in (derived.TRAINED, *derived.OTHERS)} == {64}
    for path in sorted((ROOT / "scripts" / "causes").glob("study*.toml")):
        for treatment in load_definition(path).treatments:
            rewarded = {treatment.config.task.goal, *treatment.config.schedule.goals}
            assert not rewarded & set(derived.OTHERS)


def test_goals_of_contrasts_differ_in_their_subgoals_alone():
    task = load_task("retina-contrasts")
    tables = {goal: table[0] for goal, table in task.tables.items()}
    assert {goal: int(table.sum()) for goal, table in tables.items()} == {
        "left-and-right": 64, "left-or-right": 192, "left-not-right": 64, "top-and-bottom": 64, "top-or-bottom": 192,
    }  # fmt: skip
    for mine in tables.values():
        assert not any(np.array_equal(mine, ~other) for other in tables.values())
    agreed = [(tables["left-not-right"] == tables[goal]).mean() for goal in list(tables)[:2]]
    assert agreed == [0.5, 0.5]
    relations = load_task("retina-relations").tables
    for goal in set(tables) & set(relations):
        assert_array_equal(task.tables[goal], relations[goal])


def test_equally_hard_goals_are_each_other_with_inputs_renamed():
    task = load_task("retina-relations")
    tables = {goal: task.tables[goal][0] for goal in (derived.TRAINED, *derived.OTHERS)}

    def renamed(table, order):
        patterns = np.arange(256)
        bits = (patterns[:, None] >> np.array(order)) & 1
        return table[(bits << np.arange(8)).sum(axis=1)]

    wanted = tables[derived.TRAINED]
    assert_array_equal(renamed(wanted, [0, 1, 2, 3, 5, 4, 7, 6]), tables["left-and-mirrored"])
    assert_array_equal(renamed(wanted, [1, 0, 3, 2, 5, 4, 7, 6]), tables["both-mirrored"])
    assert_array_equal(renamed(wanted, [0, 4, 1, 5, 2, 6, 3, 7]), tables["top-and-bottom"])


def test_more_runs_add_their_rows_to_a_further_table(study, tmp_path):
    asked = []

    def make(keys):
        asked.append(list(keys))
        return [{"treatment": t, "replicate": r, "number": 0.1 * r} for t, r in keys]

    folder = tmp_path / "causes-fixed"
    found = run_study(small(1), folder, jobs=1)
    first = further_table(found, "more.csv", make, ("control", "l1"))
    assert asked == [[("control", 0), ("l1", 0)]]
    assert_array_equal(further_table(found, "more.csv", make, ("control", "l1"))["number"], [0.0, 0.0])
    found = run_study(small(2), folder, jobs=1)
    table = further_table(found, "more.csv", make, ("control", "l1"))
    assert asked[1:] == [[("control", 1), ("l1", 1)]]
    assert list(zip(table["treatment"], table["replicate"], strict=True)) == [
        ("control", 0), ("control", 1), ("l1", 0), ("l1", 1),
    ]  # fmt: skip
    assert further_table(found, "more.csv", make, ("l1",))["treatment"].tolist() == ["l1", "l1"]
    assert first["number"].size == 2 and table["number"].tolist() == [0.0, 0.1, 0.0, 0.1]


def test_a_further_table_keeps_what_was_made_before_a_stop(study, tmp_path, monkeypatch):
    folder, limit = shutil.copytree(study.folder, tmp_path / "causes-fixed"), 2

    def make(keys):
        if len(asked) == limit:
            raise KeyboardInterrupt
        asked.append(list(keys))
        return [{"treatment": t, "replicate": r, "number": 0.1 * r} for t, r in keys]

    monkeypatch.setattr("evomod.studies.tables.AT_A_TIME", 2)
    found, asked = load_study(folder), []
    with pytest.raises(KeyboardInterrupt):
        further_table(found, "more.csv", make)
    assert len((folder / "more.csv").read_text().splitlines()) == 1 + 4
    limit = 99
    table = further_table(found, "more.csv", make)
    runs = list(zip(found.summary["treatment"], found.summary["replicate"], strict=True))
    assert [run for part in asked for run in part] == runs and len(runs) > 5
    assert list(zip(table["treatment"], table["replicate"], strict=True)) == runs


def test_a_further_table_takes_what_another_process_added_and_no_other_columns(study, tmp_path):
    folder = shutil.copytree(study.folder, tmp_path / "causes-fixed")
    found = load_study(folder)

    def make(keys):
        return [{"treatment": t, "replicate": r, "number": 0.1 * r} for t, r in keys]

    def make_late(keys):
        further_table(found, "more.csv", make, ("l1",))  # another figure, meanwhile
        return make([key for key in keys if key[0] != "l1"])

    table = further_table(found, "more.csv", make_late, ("control", "l1"))
    assert table["treatment"].tolist() == ["control", "l1"]
    with pytest.raises(EvomodError, match="has other columns .* take it away"):
        further_table(
            found, "more.csv", lambda keys: [r | {"harm": 0.0} for r in make(keys)], ("dropout-10",)
        )


def test_workers_return_in_order_what_one_process_does():
    calls = [([1, 2, 3, k], [1, 3, 2, k]) for k in (4, 0, 2)]
    here = in_workers(rank_correlation, calls, 1)
    assert in_workers(rank_correlation, calls, 2) == here
    assert here[0].rho != here[2].rho


def test_rank_correlation_of_ties_and_of_what_does_not_vary():
    assert rank_correlation([1, 2, 2, 3], [1, 2, 2, 3]).rho == 1.0
    assert np.isnan(rank_correlation([1, 1, 1], [1, 2, 3]).rho)
    assert rank_correlation([1, 2, 3, np.nan], [3, 2, 1, 0]).n == 3
    with pytest.raises(EvomodError, match="wants pairs; got 2 and 3"):
        rank_correlation([1, 2], [1, 2, 3])


def test_a_course_and_its_descendants_are_those_of_the_evolution(study):
    network = study.networks["control"][0]
    config = derived.config_of(study, "control")
    seed = np.random.SeedSequence(5)
    course = fitness_course(config, network, "neither", seed, 12)
    assert course.size == 13 or course[-1] == 1.0
    setup_course = descendants(config, network, seed, (0, 5, 12))
    copies = np.repeat(derived_genome(config, network)[None], config.evolution.population, axis=0)
    plain = config.model_copy(
        update={"evolution": config.evolution.model_copy(update={"generations": 12})}
    )
    generations = list(evolve(plain, seed, start=copies))
    for descendant, number in zip(setup_course, (0, 5, 12), strict=True):
        assert_array_equal(descendant.adjacency(), generations[number].best.adjacency())
    assert_array_equal(setup_course[0].simplified().adjacency(), network.simplified().adjacency())


def derived_genome(config, network):
    from evomod.evolution.setup import prepare

    setup = prepare(config)
    return setup.encoding.genome(network)


def test_pairs_are_the_closest_and_nobody_is_in_two():
    table = {
        "treatment": np.array(["control"] * 3 + ["l1"] * 3),
        "connections": np.array([10, 12, 30, 12, 13, 50]),
    }
    pairs = derived.matched(SimpleNamespace(summary=table), "l1")
    assert pairs.tolist() == [[3, 1], [4, 0]] or pairs.tolist() == [[3, 1]]
    assert derived.matched(SimpleNamespace(summary=table), "l1", reach=0).tolist() == [[3, 1]]


def test_an_interaction_is_what_a_pair_does_beyond_its_causes():
    middle, low, high = derived.interaction([5.0] * 4, [2.0] * 4, [3.0] * 4, [1.0] * 4)
    assert (middle, low, high) == (1.0, 1.0, 1.0)
    assert derived.interaction([0.0, 4.0, 5.0], [0.0], [0.0], [0.0])[0] == 3.0  # means, not medians
    assert np.isnan(derived.interaction([], [1], [1], [1])[0])


def made(**columns):
    """What is asked of a study, with a summary of these columns."""
    table = {name: np.array(column) for name, column in columns.items()}
    treatments = tuple(dict.fromkeys(columns["treatment"]))
    return SimpleNamespace(
        summary=table, treatments=treatments, labels={t: t.upper() for t in treatments}
    )


def test_a_network_without_connections_has_no_q():
    found = made(
        treatment=["control", "control", "l1"],
        connections=[0, 3, 2],
        q_score=[0.0, 0.4, 0.5],
        q_rand=[np.nan, 0.1, np.nan],
    )
    assert derived.measured(found, "q_score", "control").tolist() == [0.4]
    assert derived.measured(found, "q_excess", "control").tolist() == [pytest.approx(0.3)]
    assert derived.measured(found, "q_excess", "l1").size == 0
    found.summary["treatment"] = np.array(["control", "l1", "l1"])
    found.summary["connections"] = np.array([0, 0, 2])
    assert derived.matched(found, "l1").size == 0


def test_what_has_no_connection_has_no_modules_before_or_after(monkeypatch):
    columns = {
        "treatment": np.array(["l1"] * 6),
        "replicate": np.array([2, 0, 1, 0, 1, 2]),
        "later": np.array([0, 0, 0, 20, 20, 20]),
        "connections": np.array([9, 0, 7, 5, 6, 0]),
        "q": np.array([0.3, 0.0, 0.2, 0.4, 0.1, 0.0]),
    }
    table = derived.without_empty(Columns(columns, Path("decay.csv")), "connections", ("q",))
    assert np.isnan(table["q"]).tolist() == [False, True, False, False, False, True]
    monkeypatch.setattr(derived, "decay", lambda study: table)
    monkeypatch.setattr(derived, "later", lambda study: [0, 20])
    before, after = derived.before_and_after(None, "q", "l1")
    assert before.tolist() == [0.2] and after.tolist() == [0.1]  # the one that had connections at both
    before, after = derived.before_and_after(None, "connections", "l1")
    assert before.tolist() == [0, 7, 9] and after.tolist() == [5, 6, 0]


def test_claims_of_causes_are_corrected_together(study):
    path = ROOT / "scripts" / "causes" / "claims.py"
    module = papers.load_script(path)
    found = verification.of_study(path, module, study)
    families = Counter(claim.family for claim in found)
    assert families == {
        "Q": 6, "beyond sparseness": 12, "decay": 6, "benefits": 2, "adaptation through Q": 2,
        "connections of dropout": 1,
    }  # fmt: skip
    specs = testing.check_specs(path, module)
    few = claim.Measured("", effects.unknown("delta"), "", p=0.01)
    told = testing.corrections(specs, [few] * len(specs))
    assert {how for _, how in told} == {
        " (0.06 by Holm over 6)",
        " (0.12 by Holm over 12)",
        " (0.02 by Holm over 2)",
        "",  # one claim of a family of its own
    }


def test_what_treatments_differ_in_at_equal_connections_is_told_apart_from_connections():
    rng, n = np.random.default_rng(1), 20
    names = np.repeat(["control", "l1", "l2"], n)
    connections = rng.integers(28, 33, 3 * n) - 2 * (names == "l1")
    effect = np.where(names == "l2", 0.25, 0.0)
    found = made(
        treatment=names.tolist(), connections=connections, q_score=1.0 - 0.01 * connections + effect
    )
    told = derived.at_equal_connections(found, "q_score", resamples=50)
    np.testing.assert_allclose(told["l1"], [0.0] * 3, atol=1e-9)
    np.testing.assert_allclose(told["l2"], [0.25] * 3, atol=1e-9)
    few = np.r_[0:25, 40:60]
    found.summary = {name: column[few] for name, column in found.summary.items()}
    told = derived.at_equal_connections(found, "q_score", resamples=50)
    assert np.isnan(told["l1"][1:]).all() and told["l1"][0] == pytest.approx(0.0)
    assert not np.isnan(told["l2"]).any()


def test_tests_of_a_column_are_corrected_together():
    report = papers.load_script(ROOT / "scripts" / "causes" / "report.py")
    control = np.arange(6.0)
    groups = {"control": control, "l1": control + 10.0, "l2": control + 0.5, "none": np.empty(0)}
    told = report.against(groups, control)
    assert told["control"] == told["none"] == "-"
    assert told["l1"] == "+1.00, p = 0.0022 (0.0043)"
    assert told["l2"].startswith("+0.17, p = 0.") and told["l2"].endswith(")")
    assert report.interval(np.array([1.0, 2.0, 3.0]), 4) == "2, n = 3"  # a range is no interval
    assert report.interval(np.arange(7.0), 7) == "3 [1, 5]"


def test_the_report_of_a_small_study(study):
    report = papers.load_script(ROOT / "scripts" / "causes" / "report.py")
    found = load_study(study.folder)
    lines = report.held(found).splitlines()
    assert len(lines) == 2 + len(found.treatments) and lines[2].startswith("| none | 1 |")
    assert len(report.adjusted(found).splitlines()) == 1 + len(found.treatments)


def test_tables_of_the_supplement_are_those_of_the_committed_studies():
    """Of causes with connections held, in both studies, and of networks not evolved here; `report.py` writes all of them, in half a minute."""
    report = papers.load_script(ROOT / "scripts" / "causes" / "report.py")
    results = ROOT / "results" / "causes"
    fixed = load_study(results / "causes-fixed")
    again = load_study(ROOT / "results" / "benefits" / "benefits-blocked")
    made = [
        report.held(fixed),
        report.adjusted(fixed),
        report.held_again(fixed, again),
        report.pushed_down(again),
    ]
    made += report.gradient.in_text(report.gradient.read(results / report.gradient.TABLE))
    functions = report.specialisation
    made.append(functions.in_text(functions.read(results / functions.TABLE)))
    text = report.TEXT.read_text(encoding="utf-8")
    assert report.replaced(text, made) == text and all(table in text for table in made)


def test_a_table_takes_the_place_of_the_one_with_its_header():
    report = papers.load_script(ROOT / "scripts" / "causes" / "report.py")
    text = "Before.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n| c |\n|---|\nAfter.\n"
    new = "| a | b |\n| --- | --- |\n| 5 | 6 |"
    assert report.replaced(text, [new]) == f"Before.\n\n{new}\n\n| c |\n|---|\nAfter.\n"
    for wrong in ("| a |\n| 1 |", "| c |\n| 1 |"):
        with pytest.raises(EvomodError, match="no place, or several"):
            report.replaced(text + "\n| c |\n|---|\n", [wrong])


def test_switching_runs_are_told_at_the_end_of_an_epoch(study):
    found = load_study(study.folder)
    run = found.runs("goal-switching")[0]
    rows = derived.goal_rows(("goal-switching", 0), run)
    assert [row["moment"] for row in rows] == [0, 10, 30]
    for row in rows:
        assert run.log["goal"][row["generation"]] == derived.TRAINED
        assert row[derived.TRAINED] == pytest.approx(
            run.log[f"fitness:{derived.TRAINED}"][row["generation"]], abs=1e-6
        )
    assert [row["generation"] for row in rows] == [20, 20, 20]


def test_ranks_within_treatments_leave_out_what_treatments_differ_in():
    report = papers.load_script(ROOT / "scripts" / "causes" / "report.py")
    ranks = report.derived.ranks_within(
        np.array([1.0, 2.0, 3.0, 30.0, 10.0, np.nan, 20.0, 20.0]), np.array([*"aaabbbbb"])
    )
    np.testing.assert_allclose(ranks, [-1 / 3, 0.0, 1 / 3, 0.375, -0.375, np.nan, 0.0, 0.0])
