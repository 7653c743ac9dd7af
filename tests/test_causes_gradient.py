"""The table of the retina trained by gradient: compared, summed up and drawn, all without PyTorch."""

import sys
from pathlib import Path

import numpy as np
import pytest

from evomod.errors import EvomodError
from evomod.files.tables import add_rows
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent / "scripts" / "causes" / "gradient.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


@pytest.fixture
def table(script, tmp_path):
    rng = np.random.default_rng(1)
    for seed in range(1, 5):
        for way in script.WAYS:
            for is_pruned in (0, 1)[: 1 + (way not in ("untrained", "longer"))]:
                row = dict.fromkeys(script.COLUMNS, 10) | {"q_weights": seed / 10 + (way == "l1")}
                row |= {"are_sides_apart": int(way == "l1"), "steps": int(way != "untrained")}
                row |= {"n_cut_z": rng.normal(), "q_score_z": float("nan"), "most_steps": 100}
                row |= {"way": way, "is_pruned": is_pruned, "seed": seed}
                row |= {"plain_steps_neither": float("inf"), "solved_after": float("inf")}
                add_rows(tmp_path / script.TABLE, script.COLUMNS, [row])
    return tmp_path / script.TABLE


def test_groups_are_compared_with_what_differs_in_one_thing(script, table):
    groups = script.groups_of(script.read(table))
    assert list(groups)[:2] == ["untrained", "control"] and len(groups) == 12
    assert {name: script.reference_of(name) for name in list(groups)[1:]} == {
        "control": "untrained",
        **dict.fromkeys(("longer", "dropout-10", "dropout-30", "l1", "l2"), "control"),
        "control, pruned": "longer",
        **dict.fromkeys([f"{w}, pruned" for w in ("dropout-10", "dropout-30", "l1", "l2")], "control, pruned"),
    }  # fmt: skip


def test_a_goal_that_was_not_solved_counts_as_one_step_more(script, table):
    groups = script.groups_of(script.read(table))
    assert script.values(groups["control"], "plain_steps_neither").tolist() == [101.0] * 4
    assert script.values(groups["control"], "plain_steps_both-mirrored").tolist() == [10.0] * 4
    assert script.values(groups["control"], "solved_after").tolist() == [2.0] * 4  # trained for one step


def test_networks_of_one_seed_are_pairs(script):
    groups = {"control": [{"seed": s} for s in (1, 2, 3, 4)], "l1": [{"seed": s} for s in (2, 3, 4, 5)]}
    numbers = {"control": np.array([9.0, 1.0, 2.0, 3.0]), "l1": np.array([1.5, 3.0, 5.0, 0.0])}
    assert script.compared("l1", groups, numbers) == "+1.00 (0.25)"
    assert script.compared("control", groups, numbers) == "-"


def test_the_summary_tells_medians_and_differences(script, table):
    told = script.summary(script.read(table))
    assert "| l1 | 4 | control | 0 | 1 | 4 | 0.12 |" in told  # four pairs, all changed: 2 / 2**4
    assert "| l1 | 1.25 [1.10, 1.40] | 10.00 [10.00, 10.00] |" in told
    assert "| l1 | +1.00 (0.12) | +0.00 (1) |" in told
    assert "| control, pruned | +0.00 (1) |" in told and "| untrained | - | - |" in told
    assert (
        "| steps to both-mirrored | all not pruned | 10.00 [10.00, 10.00] | 4 | 10.00 [10.00, 10.00] | 20 |"
        in told
    )
    assert "nan [nan, nan]" in told  # z of Q of connections


def test_a_picture_is_drawn(script, table, tmp_path):
    assert len(script.read(table)) == 4 * 12
    assert script.left_over(table, 4) == [] and script.left_over(table, 5)[0] == ("untrained", 5)
    script.draw_table(table).savefig(tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 10_000
    with pytest.raises(EvomodError, match=r"holds no rows; run `python scripts/causes/gradient\.py`"):
        script.draw_table(tmp_path / "none.csv")


def test_without_pytorch_its_command_is_told(script, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EvomodError, match=r'pip install "evomod\[gradient\]"'):
        script.run(tmp_path, networks=1)
    assert not list(tmp_path.iterdir())
