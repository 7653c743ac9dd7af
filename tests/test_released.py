"""Folders that each released version has written stay good: read for ever, and resumed or refused in a sentence.

``tests/released/<version>`` holds a run of NAND circuits, one that was only begun, and a study of two runs; a new
version adds a folder and changes none. The task of the runs may be another text by now, hence trust.
"""

import json
import shutil
from pathlib import Path

import pytest

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.files.provenance import versions
from evomod.runs.run import resume

RELEASED = sorted((Path(__file__).parent / "released").iterdir())
SAME = ("log.csv", "population.csv", "best.json", "checkpoint.npz")


def contents(folder, names=None):
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if names is None or path.name in names
    }


@pytest.fixture(params=RELEASED, ids=lambda path: path.name)
def kept(request, tmp_path):
    return shutil.copytree(request.param, tmp_path / request.param.name)


def test_runs_are_read_and_drawn(kept):
    run = evomod.load_run(kept / "run")
    assert run.is_complete and run.log["generation"].tolist() == list(range(9))
    assert run.best.about["generation"] == 8 and run.population["count"].sum() == 30
    assert main(["plot", str(kept / "run")]) == 0


def test_runs_are_resumed_as_if_evolved_now_or_refused_in_a_sentence(kept, tmp_path):
    for name in ("run", "begun"):
        before = contents(kept / name)
        if kept.name != versions()["evomod"]:
            with pytest.raises(EvomodError, match=f"was made by evomod {kept.name} .* start anew"):
                resume(kept / name, ["evolution.generations=20"])
            assert contents(kept / name) == before
            continue
        longer = resume(kept / name, ["evolution.generations=20"], trust=True)
        whole = evomod.run(longer.config, 1, tmp_path / name).folder
        assert contents(longer.folder, SAME) == contents(whole, SAME)


def test_runs_that_are_complete_are_returned_and_measured(kept, capsys):
    place = kept / "study" / "a" / "000"
    before = contents(place)
    assert resume(place).best.about["generation"] == 4
    assert main(["measure", str(place), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["modularity"][0]["q"] == pytest.approx(0.25)
    assert contents(place) == before


def test_studies_are_read_and_gone_on_with_or_refused_in_a_sentence(kept, capsys):
    found = evomod.load_study(kept / "study")
    assert found.summary["treatment"].tolist() == ["a", "b"] and found.networks.keys() == {"a", "b"}
    assert found.courses["generation"].max() == 4 and found.density["individuals"].sum() > 0
    code = main(["study", str(kept / "study"), "--replicates", "2", "--jobs", "1"])
    if kept.name == versions()["evomod"]:
        assert code == 0 and evomod.load_study(kept / "study").summary["seed"].size == 4
    else:
        assert code == 2 and f"was made by evomod {kept.name}" in capsys.readouterr().err
