"""Functional modularity of committed networks: the table is what the measures say, and its correlations are Spearman's."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats

from evomod.errors import EvomodError
from evomod.measures import functional_modularity, modularity, redundancy
from evomod.network import network_of
from evomod.papers import scripts as papers
from evomod.studies.networks import networks_by_run
from evomod.task import load_task

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "causes" / "specialisation.py"
COMMITTED = ROOT / "results" / "causes" / "specialisation.csv"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def test_a_committed_row_is_what_the_measures_say(script):
    study, treatment, replicate = "clune2013", "pcc", 7
    row = next(row for row in script.read(COMMITTED)[study, treatment] if row["replicate"] == replicate)
    data = networks_by_run(ROOT / "results" / study / "networks.json.gz")[treatment, replicate]
    network = network_of(data, "it")
    fresh = script.row_of(network)
    assert {name: fresh[name] for name in script.FUNCTION} == pytest.approx(
        {name: row[name] for name in script.FUNCTION}, abs=1e-9, nan_ok=True
    )
    found = functional_modularity(network, similarities=["upstream"], together=True, draws=1)[-1]
    assert found.layer is None and row["upstream_q"] == pytest.approx(found.q)
    structural = modularity(network.simplified(), "refined").modules
    parts = redundancy(network, load_task("retina"), structural, "left-and-right")
    assert row["specialisation"] == pytest.approx(parts.specialisation.mean())
    assert row["q_score"] == network.about["q_score"]


def test_correlations_are_spearmans_within_treatments(script):
    groups = script.read(COMMITTED)
    assert [len(rows) for rows in groups.values()] == [50, 50, 50, 50, 100, 100]
    rows = groups["benefits", "held"]
    effect, n = script.correlation(rows, "q_z", "specialisation")
    expected = stats.spearmanr(
        [row["q_z"] for row in rows], [row["specialisation"] for row in rows], nan_policy="omit"
    )
    assert effect.value == pytest.approx(expected.statistic) and n <= 100
    unknown = [dict.fromkeys(script.COLUMNS, np.nan)] * 4
    assert script.cell(script.correlation(unknown, "q_z", "upstream_q")[0]) == "-"
    assert "| benefits | held |" in script.summary(groups)


def test_it_is_drawn_from_its_table_and_a_small_one_is_made(script, monkeypatch, tmp_path):
    assert isinstance(script.draw_table(COMMITTED), Figure)
    monkeypatch.setattr(script, "STUDIES", ("clune2013",))
    monkeypatch.setattr(script, "DRAWS", 2)
    table = script.run(tmp_path, 1)
    assert {name: len(rows) for (_, name), rows in script.read(table).items()} == {
        "pa": 1,
        "pcc": 1,
        "pa-binary": 1,
        "pcc-binary": 1,
    }
    with pytest.raises(EvomodError, match="holds no rows"):
        script.read(tmp_path / "none.csv")
