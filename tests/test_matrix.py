"""The map of causes: its effects come again from the committed tables, and its page and picture say what the table says."""

from pathlib import Path

import numpy as np
import pytest

from evomod.effects import delta
from evomod.errors import EvomodError
from evomod.files.tables import read_rows
from evomod.measures import decomposition, functional_modularity
from evomod.network import network_of
from evomod.papers import scripts as papers
from evomod.studies.networks import networks_by_run
from evomod.task import load_task

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "results" / "causes" / "matrix.csv"
matrix = papers.load_script(ROOT / "scripts" / "causes" / "matrix.py")
FUNCTIONS = ("functional", "subgoals")


def committed():
    return {
        (row["data_set"], row["cause"], row["measure"]): row for row in read_rows(TABLE, matrix.COLUMNS)
    }


def test_every_effect_of_a_column_comes_again_from_the_committed_tables():
    known = committed()
    found = {}
    for data_set in matrix.DATA_SETS:
        for row in matrix.rows_of(matrix.replace(data_set, has_functions=False)):
            found[row["data_set"], row["cause"], row["measure"]] = row
    asked = {d.label for d in matrix.DATA_SETS if d.has_functions}
    assert found and set(found) == {
        key for key in known if key[2] not in FUNCTIONS or key[0] not in asked
    }
    for key, row in found.items():
        assert {name: str(value) for name, value in row.items()} == {
            name: f"{known[key][name]}" for name in row
        }, key


def test_a_data_set_has_a_label_of_its_own_that_a_table_can_hold():
    labels = [data_set.label for data_set in matrix.DATA_SETS]
    assert len({*labels}) == len(labels)
    assert not [label for label in labels if "," in label]


def test_an_effect_is_that_of_the_two_groups_that_it_names():
    row = committed()["retina (part of patterns)", "pruning", "degrees"]
    rows = read_rows(ROOT / "results" / row["source"])
    a, b = (
        [float(r["q_z"]) for r in rows if r["treatment"] == row[side]] for side in ("with", "without")
    )
    effect = delta(a, b)
    assert (float(row["delta"]), float(row["low"]), float(row["high"])) == pytest.approx(
        (effect.value, effect.low, effect.high), abs=1e-4
    )
    assert (int(row["n"]), int(row["n_without"])) == (50, 50)


def test_copies_that_adapt_sooner_are_those_with_fewer_generations():
    row = committed()["retina (3000 generations)", "goal-switching", "adaptation"]
    rows = read_rows(ROOT / "results" / "causes" / "causes-adaptability" / "adaptation.csv")
    took = {
        way: [
            float(r["nearly"] or 1001) for r in rows if (r["treatment"], r["goal"]) == (way, "neither")
        ]
        for way in ("goal-switching", "control")
    }
    assert float(row["delta"]) == pytest.approx(
        delta(took["control"], took["goal-switching"]).value, abs=1e-4
    )


def test_the_smaller_cut_is_the_more_modular():
    row = committed()["digits (weights)", "clusterability", "cut"]
    rows = read_rows(ROOT / "results" / row["source"])
    cuts = {r["way"]: [] for r in rows}
    for r in rows:
        cuts[r["way"]].append(float(r["n_cut"]))
    assert (
        np.median(cuts["clusterability-up"]) < np.median(cuts["control"]) and float(row["delta"]) > 0.0
    )


def test_functions_are_those_of_the_measures():
    data = networks_by_run(ROOT / "results" / "clune2013" / "networks.json.gz")["pcc", 3]
    network = network_of(data, "pcc")
    found = matrix.functions_of(network)
    told = decomposition(network, load_task("retina-and-or"), network.about["goal"]).best
    assert found["subgoals"] == pytest.approx(np.mean(told)) and 0.5 <= found["subgoals"] <= 1.0
    by_layer = functional_modularity(network, similarities=("upstream",), draws=1)
    whole = functional_modularity(network, similarities=("upstream",), draws=1, together=True)
    assert found["functional"] == pytest.approx(whole[-1].q) and len(by_layer) > 1


def test_networks_that_cannot_do_the_task_are_left_out(monkeypatch, tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "t.csv").write_text(
        "way,accuracy,q\n" + "".join(f"{way},{right},{q}\n" for way, right, q in [("with", 1, 0.5), ("with", 0.8, 9), ("with", 0.95, 0.4), ("without", 1, 0.1), ("without", 1, 0.2), ("else", 1, 5)])
    )  # fmt: skip
    monkeypatch.setattr(matrix, "scripts_folder", lambda: tmp_path / "scripts")
    monkeypatch.setattr(matrix, "FEWEST", 2)
    data_set = matrix.CommittedTable(
        "s", "t", "t.csv", {"l1": ("with", "without")}, {"q": "q"}, ("way",), "accuracy"
    )
    assert {name: v["q"].tolist() for name, v in matrix.numbers_of(data_set).items()} == {
        "with": [0.5, 0.4], "without": [0.1, 0.2],
    }  # fmt: skip
    (row,) = matrix.rows_of(data_set)
    assert (row["delta"], row["n"], row["n_without"]) == (1.0, 2, 2)
    assert list(matrix.rows_of(matrix.replace(data_set, table="missing.csv"))) == []


@pytest.mark.parametrize(("known", "is_told"), [(4, True), (3, False)])
def test_a_number_that_too_few_networks_have_is_left_out(monkeypatch, known, is_told):
    groups = {
        "with": {"q": np.array([0.1, 0.2, 0.3, 0.4, 0.5])},
        "without": {"q": np.array([0.1] * known + [np.nan] * (5 - known))},
    }
    monkeypatch.setattr(matrix, "numbers_of", lambda data_set: groups)
    monkeypatch.setattr(matrix, "FEWEST", 1)
    data_set = matrix.CommittedTable("s", "t", "t.csv", {"l1": ("with", "without")}, {"q": "q"})
    assert len(list(matrix.rows_of(data_set))) == is_told


def test_the_picture_has_a_panel_a_measure_a_line_a_pair_and_a_mark_an_effect():
    effects, tasks = matrix.read(TABLE)
    figure = matrix.draw_table(TABLE)
    assert len(figure.axes) == len(matrix.MEASURES)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    pairs = {key[:2] for key in effects}
    assert len(names) == len(pairs) + len({cause for _, cause in pairs})
    for axes, measure in zip(figure.axes, matrix.MEASURES, strict=True):
        marks = {
            (names[round(float(line.get_ydata()[0]))], float(line.get_xdata()[0]))
            for line in axes.lines
            if line.get_marker() == "o"
        }
        assert marks == {
            (data_set, value[0]) for (data_set, _, one), value in effects.items() if one == measure
        }
    assert {matrix.kind_of(*pair) for pair in tasks.items()} == set(range(len(matrix.KINDS)))
    assert matrix.summary(effects, tasks).count("\n") == 1 + len({key[:2] for key in effects})


def test_an_empty_table_says_how_it_is_made(tmp_path):
    (tmp_path / "matrix.csv").write_text(",".join(matrix.COLUMNS) + "\n")
    with pytest.raises(EvomodError, match=r"holds no rows; run `python scripts/causes/matrix.py`"):
        matrix.read(tmp_path / "matrix.csv")


def test_the_page_is_the_one_that_the_table_makes():
    page = papers.load_script(ROOT / "scripts" / "matrix_page.py")
    assert page.PAGE.read_text(encoding="utf-8") == page.page(*matrix.read(TABLE))
