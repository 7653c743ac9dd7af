"""The figures, tables and claims of Kashtan & Alon 2005, from studies of seconds."""

import gzip
import json
import shutil
from pathlib import Path

import matplotlib
import numpy as np
import pytest

import evomod
from evomod import measures
from evomod.files import derived as kept
from evomod.files import disk
from evomod.files.tables import read_table, write_text
from evomod.measures.graphs import adjacency_of
from evomod.papers import verification
from evomod.papers.scripts import load_script
from evomod.plots.studies import STYLE
from evomod.studies.definition import load_definition
from evomod.studies.run import run_study
from evomod.studies.tables import load_study

SCRIPTS = Path(__file__).parent.parent / "scripts" / "kashtan2005"
FIGURES = ("table_qm", "fig1", "fig2", "fig3", "fig5", "decay")
SMALL = {"nulls": 5, "other_nulls": 2, "draws": 5, "q_max_runs": 1, "q_max_generations": 2}
TINY = ["evolution.population=30", "evolution.generations=50", "evolution.solved_at=0.5"]


@pytest.fixture(scope="module", autouse=True)
def as_they_were():
    """Scripts are modules that all tests of a process share: their sizes come back."""
    names = ("NULLS", "RUNS", "GENERATIONS")
    modules = [load_script(path) for path in SCRIPTS.glob("*.py") if path.stem != "__init__"]
    before = [{name: vars(module)[name] for name in names if name in vars(module)} for module in modules]
    sizes = dict(load_script(SCRIPTS / "derived.py").SIZES)
    yield
    for module, values in zip(modules, before, strict=True):
        vars(module).update(values)
    load_script(SCRIPTS / "derived.py").SIZES.update(sizes)


def script(name):
    """A script whose tables are small."""
    module = load_script(SCRIPTS / f"{name}.py")
    modules = [module]
    for inner in modules:
        modules += [vars(inner)[other] for other in ("decays", "fig3") if other in vars(inner)]
    for inner in modules:
        if hasattr(inner, "derived"):
            inner.derived.SIZES.update(SMALL)
        if hasattr(inner, "NULLS"):
            inner.NULLS, inner.RUNS = 3, 2
        if hasattr(inner, "GENERATIONS"):
            inner.GENERATIONS = (0, 5, 50)
    return module


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two replicates of thirty networks; half the answers right count as solved, so that all are."""
    definition = load_definition(SCRIPTS / "study.toml", TINY, 2)
    return run_study(definition, tmp_path_factory.mktemp("kashtan") / "it", jobs=1)


def drawn(module, study, path):
    with matplotlib.rc_context(STYLE):
        module.draw(study).savefig(path, dpi=60)
    return path


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_and_its_tables_are_written_once(study, tmp_path, name):
    module = script(name)
    module.prepare(study)
    tables = {path: path.read_bytes() for path in study.folder.glob("*.csv")}
    assert drawn(module, study, tmp_path / "it.png").stat().st_size > 5_000
    module.prepare(study)
    assert {path: path.read_bytes() for path in study.folder.glob("*.csv")} == tables


def test_a_table_of_other_runs_is_made_anew(study, tmp_path):
    derived = script("table_qm").derived
    found = load_study(shutil.copytree(study.folder, tmp_path / "it"))
    made = []

    def make():
        made.append(len(found.summary["replicate"]))
        return [{"treatment": "all", "runs": made[-1]}]

    def network():
        made.append("network")
        return [found.networks["mvg"][0]]

    for _ in range(2):
        assert derived.once(found, "more.csv", make)["runs"].tolist() == [made[0]]
        assert len(derived.networks_once(found, "more.json", network)) == 1
    assert len(made) == 2
    networks = found.folder / "networks.json.gz"
    whole = networks.read_bytes()
    write_text(networks, gzip.decompress(whole) + b" ")
    derived.once(found, "more.csv", make)
    assert len(made) == 3
    derived.once(found, "other.csv", make, made_of="no run")
    networks.write_bytes(whole)
    derived.once(found, "other.csv", make, made_of="no run")
    assert len(made) == 4
    derived.once(found, "more.csv", make)
    assert len(made) == 5
    (found.folder / kept.MADE_OF).unlink()  # as in committed results: what is there is taken
    derived.once(found, "more.csv", make)
    assert len(made) == 5


@pytest.mark.parametrize("stopped", ["made_of.json", "more.csv"])
def test_a_stop_while_a_table_is_written_leaves_no_old_one(study, tmp_path, monkeypatch, stopped):
    derived = script("table_qm").derived
    found = load_study(shutil.copytree(study.folder, tmp_path / "it"))
    derived.once(found, "more.csv", lambda: [{"treatment": "all", "runs": 1}])
    networks = found.folder / "networks.json.gz"
    write_text(networks, gzip.decompress(networks.read_bytes()) + b" ")  # other runs
    write = kept.write_whole

    def killed(path, content):
        if path.name == stopped:
            raise KeyboardInterrupt
        write(path, content)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(kept, "write_whole", killed)
        patched.setattr(disk, "write_whole", killed)
        derived.once(found, "more.csv", lambda: [{"treatment": "all", "runs": 2}])
    again = derived.once(found, "more.csv", lambda: [{"treatment": "all", "runs": 3}])
    assert again["runs"].tolist() == [3]


def test_q_m_of_the_table_is_that_of_its_own_columns(study):
    table = script("table_qm").derived.q_table(study)
    assert table["q"].size > 0
    for q_m, q, q_rand, q_max in (
        ("q_m", "q", "q_rand", "q_max"),
        ("q_m_genomes", "q", "q_rand_genomes", "q_max"),
        ("q_m_searched", "q", "q_rand", "q_max_searched"),
    ):
        span = table[q_max] - table[q_rand]
        wide = span > 0.05
        ours = ((table[q] - table[q_rand])[wide]) / span[wide]
        np.testing.assert_allclose(table[q_m][wide], ours, atol=1e-3)
        assert wide.any()
    first = study.networks[str(table["treatment"][0])][int(table["replicate"][0])].simplified()
    assert table["connections"][0] == adjacency_of(first).sum()
    best = measures.modularity(first, "exact", directed=False)
    assert abs(table["q"][0] - best.q) < 1e-6


def test_an_evolution_for_q_is_rewarded_for_the_undirected_q(study):
    derived = script("fig1").derived
    config = derived.config_of(study, "fg-and", population=20)
    last = derived.evolve_for_q(config, "max-modularity", 1, 5)
    q = measures.modularity(last.best.simplified(), "refined", directed=False).q
    assert last.fitness[last.best_row] == pytest.approx(q)


def test_every_claim_that_is_listed_is_tested(study):
    module = script("claims")
    found = verification.of_study(SCRIPTS / "claims.py", module, study)
    assert [claim.claim for claim in found] == [spec.text for spec in module.CLAIMS]
    assert all(claim.paper == "kashtan2005" for claim in found)


def test_every_circuit_is_a_pair_in_the_decay_whatever_the_order_of_rows():
    module, start = script("decay"), np.array([8, 3, 5, 5, 8, 3])
    table = {
        "start": start,
        "arm": np.array(["fixed"] * 6),
        "generation": np.array([0, 0, 0, 50, 50, 50]),
    }
    table["q_m"] = start + np.where(table["generation"] == 50, -0.5, 0.0)
    assert module.values(table, "fixed", 0).tolist() == [3.0, 5.0, 8.0]
    assert module.values(table, "fixed", 50).tolist() == [2.5, 4.5, 7.5]
    assert module.values(table, "varying", 0).size == 0


def test_the_arms_of_the_decay_differ_in_goals_and_price_alone(study):
    module, found = script("decay"), {}
    for arm, (treatment, is_dearer, _) in module.ARMS.items():
        found[arm] = evomod.prepare(module.config(study, treatment, is_dearer)).config
    assert {arm: c.network.penalty_above for arm, c in found.items()} == {
        "fixed-dearer": 10, "fixed": 11, "varying-dearer": 10, "varying": 11,
    }  # fmt: skip
    same = ("population", "generations", "stop", "selection", "elite")
    for a, b in (("fixed-dearer", "fixed"), ("varying-dearer", "varying")):
        network = found[a].network.model_copy(update={"penalty_above": 11})
        assert found[a].model_copy(update={"network": network}) == found[b]
    evolution = [{k: v for k, v in dict(c.evolution).items() if k in same} for c in found.values()]
    assert all(e == evolution[0] for e in evolution)


def circuit(gates):
    """A genome of twelve NANDs: those of ``{node: sources}``, and dead ones; the last of them is the output."""
    rows = [gates.get(node, (0, 0)) for node in range(4, 16)]
    return np.array([gene for a, b in rows for gene in (a, b, 0)] + [max(gates)], np.int8)


def test_how_far_the_solutions_of_two_goals_are_apart():
    """An OR and an AND of two XORs of four NANDs each, by hand: two connections differ, no fewer lead there."""
    module, setup = script("claims"), evomod.prepare(evomod.Config(task="circuit"))
    xors = {4: (0, 1), 5: (0, 4), 6: (1, 4), 7: (5, 6), 8: (2, 3), 9: (2, 8), 10: (3, 8), 12: (9, 10)}
    either = circuit(xors | {11: (7, 7), 13: (12, 12), 14: (11, 13)})
    both = circuit(xors | {11: (7, 12), 13: (7, 12), 14: (11, 13)})
    assert module.solves(setup, np.array([either, both]), "xor-and-xor").tolist() == [False, True]
    assert module.changes_to(setup, either, "xor-and-xor") == 2
    near = both.copy()
    near[30] = 0  # the last gate reads an input
    assert module.changes_to(setup, near, "xor-and-xor") == 1
    assert module.changes_to(setup, circuit({4: (0, 0)}), "xor-and-xor") == module.FURTHER


def test_claims_of_random_goals(tmp_path, monkeypatch):
    definition = load_definition(SCRIPTS / "study_random.toml", TINY[:2], 2)
    found = run_study(definition, tmp_path / "it", jobs=1)
    module = script("claims_random")
    monkeypatch.setattr(module, "find_study", lambda path, script: None)
    told = verification.of_study(SCRIPTS / "claims_random.py", module, found)
    assert [claim.claim for claim in told] == [spec.text for spec in module.CLAIMS]
    assert {claim.verdict for claim in told if "MVG" in claim.claim} == {"not run"}


@pytest.mark.parametrize("solved_at", ["0.4", "1.0"])
def test_circuits_of_three_outputs_are_drawn(tmp_path, solved_at):
    settings = [*TINY[:1], "evolution.generations=130", f"evolution.solved_at={solved_at}"]
    found = run_study(
        load_definition(SCRIPTS / "study_outputs.toml", settings, 1), tmp_path / "it", jobs=1
    )
    module = script("fig4")
    module.prepare(found)
    rows = json.loads((found.folder / "epochs.json").read_text())
    assert [row["goal"] for row in rows] == list(module.SHOWN) if solved_at == "0.4" else len(rows) == 1
    assert drawn(module, found, tmp_path / "it.png").stat().st_size > 5_000
    module = script("claims_outputs")
    told = verification.of_study(SCRIPTS / "claims_outputs.py", module, found)
    assert [claim.claim for claim in told] == [spec.text for spec in module.CLAIMS]
    solved = int(solved_at == "0.4")
    assert found.column("solved", module.TREATMENT).tolist() == [solved]
    modular = next(claim for claim in told if "Q_m above 0.3" in claim.claim)
    assert modular.found.endswith(f"n = {solved}") and modular.verdict == "not complete"


def test_switching_is_sustained_from_the_first_of_so_many_solved_epochs():
    sustained, limit = script("sustained"), ["evolution.population=20", "evolution.solved_at=0.4"]
    rows = sustained.run(1, 700, limit)
    assert [row[1] for row in rows] == [6, 30] and all(row[3] == 700 for row in rows)
    assert all(0 < row[2] <= 600 for row in rows)  # the least fit solve 0.4 of the patterns at once
    never = sustained.run(1, 60, ["evolution.population=20"])
    assert [row[2] for row in never] == [60, 60]


def test_the_inset_shows_switches_between_epochs_that_end_solved():
    figure = script("fig1")

    def span(best):
        rows = {"generation": np.arange(0, 20 * len(best), 20), "switch": np.ones(len(best), int)}
        return figure.zoomed(rows | {"best_fitness": np.array(best)}, 20, 1.0)

    assert span([0.6, 1.0, 1.0, 1.0, 0.9, 0.9]) == range(10, 61)
    assert span([0.6, 1.0, 1.0, 1.0, 1.0, 1.0, 0.9]) == range(30, 81)  # the middle one of three
    assert not span([0.6, 1.0, 1.0, 0.9, 1.0, 1.0])


def test_the_inset_that_is_committed_ends_solved():
    figure = script("fig1")
    found = load_study(SCRIPTS.parent.parent / "results" / "kashtan2005")
    table = read_table(found.folder / "example_runs.csv")
    rows = figure.rows_of(table, treatment="mvg")
    span = figure.zoomed(rows, 20, 1.0)
    assert len(span) == 51 and set(span) <= set(rows["generation"].tolist())
    best = dict(zip(rows["generation"].tolist(), rows["best_fitness"].tolist(), strict=True))
    assert [best[g] for g in (span.start + 10, span.start + 30, span.stop - 1)] == [1.0] * 3
    solved, of = map(int, figure.epochs_solved(found, rows).split(" of "))
    assert 2 < solved < of == (rows["switch"] == 1).sum() - 1  # the first generation ends no epoch


def test_the_error_of_decay_is_one_over_circuits():
    figure = script("fig3")
    start, run = np.repeat([7, 9], 3), np.arange(6)
    table = {"start": start, "run": run, "generation": np.zeros(6), "q_m": np.repeat([0.2, 0.6], 3)}
    generations, mean, error = figure.means(table, "q_m")
    assert generations.tolist() == [0.0] and mean[0] == pytest.approx(0.4)
    assert error[0] == pytest.approx(0.2)  # of two circuits, not of six runs


def test_one_connection_is_one():
    counted = script("fig2").derived.counted
    assert (counted([1], "connection"), counted([], "connection")) == ("1 connection", "0 connections")


def test_times_are_told_apart_by_lines():
    assert len({str(line) for *_, line in script("times").GOALS}) == 3


def test_a_circuit_is_compared_with_the_nearest_of_those_that_solve(study):
    derived = script("fig2").derived
    a, b = study.networks["mvg"][:2]
    assert derived.differing(a, a) == set()
    assert derived.differing(a, b) == derived.connections(a) - derived.connections(b)


def test_results_that_are_committed_are_whole():
    folder = SCRIPTS.parent.parent / "results" / "kashtan2005"
    found = load_study(folder)
    for name in ("q_m.csv", "motifs.csv", "decay.csv"):
        assert read_table(folder / name)["treatment" if name != "decay.csv" else "run"].size > 0
    assert set(found.treatments) == set(np.unique(found.summary["treatment"]).tolist())
    assert all(path.stat().st_size <= 300_000 for path in folder.glob("*.png"))
