"""The table of ways of training: read, mended, continued, summed up and drawn, all without PyTorch."""

import sys
from pathlib import Path

import pytest

from evomod.errors import EvomodError
from evomod.files.tables import add_rows
from evomod.papers import figures, listing, testing
from evomod.papers import scripts as papers

SCRIPT = Path(__file__).parent.parent / "scripts" / "filan2021" / "table.py"


@pytest.fixture(scope="module")
def script():
    return papers.load_script(SCRIPT)


def row(script, way, is_pruned, seed, n_cut=9.5):
    numbers = dict.fromkeys(script.COLUMNS, 0.5)
    numbers |= {"data": "fashion-mnist", "way": way, "is_pruned": is_pruned, "seed": seed}
    return numbers | {"n_cut": n_cut, "null_mean": 10.0, "null_sd": 0.1, "z": -5.0, "p": 1 / 51}


def append(script, path, row):
    add_rows(path, script.COLUMNS, [row])


def test_a_table_goes_on(script, tmp_path):
    path = tmp_path / script.TABLE
    assert script.read(path) == []
    append(script, path, row(script, "control", 0, 1))
    append(script, path, row(script, "control", 1, 1))
    whole = path.read_bytes()
    append(script, path, row(script, "dropout", 0, 1))
    assert path.read_bytes().startswith(whole) and len(script.read(path)) == 3
    left = script.left_over(path, "fashion-mnist", 1)
    assert ("control", 1) not in left and ("dropout", 1) in left and ("untrained", 1) in left
    append(script, path, row(script, "untrained", 0, 1))
    assert ("untrained", 1) not in script.left_over(path, "fashion-mnist", 1)
    assert ("control", 1) in script.left_over(path, "digits", 1)


def test_a_summary_and_a_figure(script, tmp_path):
    path = tmp_path / script.TABLE
    for seed, n_cut in ((1, 9.0), (2, 9.5)):
        for is_pruned in (0, 1):
            append(script, path, row(script, "control", is_pruned, seed, n_cut))
        append(script, path, row(script, "untrained", 0, seed))
    told = script.summary(script.read(path))
    assert "| fashion-mnist | control | yes | 2 | 9.250 | 10.000 | -5.0 | 2/2 | 0.500 |" in told
    assert told.index("untrained") < told.index("control")
    picture, folder = figures.draw_figure("filan2021-table", tmp_path / "x.png", study=tmp_path)
    assert picture.stat().st_size > 10_000 and folder == tmp_path
    assert "filan2021-table: n-cut beside" in listing.listed()


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(EvomodError, match=r"there is no table .*Make it with `python scripts/filan2021"):
        figures.draw_figure("filan2021-table", study=tmp_path)


def test_without_pytorch_its_command_is_told(script, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EvomodError, match=r'pip install "evomod\[gradient\]"'):
        script.run(tmp_path, networks=1)
    assert not list(tmp_path.iterdir())


def outcome(path):
    module = papers.load_script(SCRIPT.with_name("claims.py"))
    found = testing.decide(SCRIPT.with_name("claims.py"), module, path, command="x")
    assert [claim.claim for claim in found] == [spec.text for spec in module.CLAIMS]
    return {claim.claim: claim for claim in found}


def test_claims_wait_for_the_declared_number_of_networks(script, tmp_path):
    path = tmp_path / script.TABLE
    for seed, n_cut in ((1, 9.8), (2, 9.9), (3, 9.95)):
        append(script, path, row(script, "control", 0, seed, n_cut))
    found = outcome(path)
    control = found["control, not pruned: n-cut 9.885"]
    assert control.found == "control 9.88 ± 0.044 (SE), n = 3" and control.verdict == "not complete"
    assert found["untrained: n-cut 10.295"].verdict == "not run"


def test_published_means_spread_as_ours_or_as_published(script, tmp_path):
    path = tmp_path / script.TABLE
    for seed, n_cut in enumerate((9.88, 9.90, 9.91, 9.92, 9.93)):
        append(script, path, row(script, "control", 0, seed, n_cut))
        append(script, path, row(script, "untrained", 0, seed, n_cut + 0.395))
        append(script, path, row(script, "clusterable-untrained", 0, seed, n_cut - 3.1))
    found = outcome(path)
    control = found["control, not pruned: n-cut 9.885"]
    assert control.verdict == "holds" and "theirs 9.885 ± 0.0086 (SE, spread as ours)" in control.test
    assert "theirs 10.295 ± 0.0032 (SE)" in found["untrained: n-cut 10.295"].test
    assert (
        found["control, not pruned: more clusterable than its shuffles (mean z -5.4)"].verdict == "holds"
    )
    assert found["clusterable birth, untrained: n-cut 6.799"].verdict == "holds"
    assert found["a trained network has a lower n-cut than an untrained one"].verdict == "holds"
