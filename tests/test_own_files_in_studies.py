"""Studies whose treatments name files of a user's own: copies, workers, files that were edited."""

import shutil

import numpy as np
import pytest
from own_files import FAN_IN, TOURNAMENT, lie_in

from evomod.errors import EvomodError
from evomod.studies.definition import load_definition
from evomod.studies.run import run_study


@pytest.fixture
def home(tmp_path, monkeypatch):
    return lie_in(tmp_path, monkeypatch)


def study_text(home):
    (home / "study.toml").write_text(
        'name = "s"\nseed = 1\nreplicates = 2\n'
        "settings.evolution = {population = 10, generations = 4}\n"
        'settings.task = "retina"\n'
        '[treatments.a]\nsettings.pressures.fan-in = {file = "fan_in.py", probability = 0.5}\n'
        '[treatments.b]\nsettings.selection.method = "tournament.py"\n'
        '[treatments.c]\nsettings.network.encoding = "perceptron.py"\n'
    )
    return load_definition(home / "study.toml")


def test_a_study_by_workers_holds_the_copies_and_goes_on_from_them(home):
    one = run_study(study_text(home), home / "one", jobs=1)
    two = run_study(study_text(home), home / "two", jobs=2)
    for name in ("fan_in.py", "tournament.py", "perceptron.py", "summary.csv", "study.toml"):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()
    (home / "fan_in.py").unlink()
    (home / "tournament.py").unlink()
    (home / "perceptron.py").unlink()
    again = load_definition(two.folder / "study.toml", replicates=3)
    found = run_study(again, two.folder, jobs=1)
    assert len(found.summary["q_score"]) == 9 and not found.failures
    copy = two.folder / "fan_in.py"
    copy.write_text(copy.read_text() + "# later\n")
    with pytest.raises(EvomodError, match=r"fan_in\.py was edited: its SHA-256"):
        load_definition(two.folder / "study.toml")


def test_a_study_by_dask(home):
    pytest.importorskip("distributed")
    one = run_study(study_text(home), home / "one", jobs=1)
    two = run_study(study_text(home), home / "two", jobs=1, dask="local")
    assert (one.folder / "summary.csv").read_bytes() == (two.folder / "summary.csv").read_bytes()


def test_two_files_of_one_name_in_a_study_are_refused(home):
    (home / "other").mkdir()
    (home / "other" / "fan_in.py").write_text(FAN_IN + "# another\n")
    (home / "study.toml").write_text(
        'name = "s"\nseed = 1\nreplicates = 1\nsettings.task = "retina"\n'
        '[treatments.a]\nsettings.pressures.fan-in.file = "fan_in.py"\n'
        '[treatments.b]\nsettings.pressures.fan-in.file = "other/fan_in.py"\n'
    )
    with pytest.raises(
        EvomodError, match=r"treatments.a and treatments.b: two files .* named fan_in.py; rename"
    ):
        load_definition("study.toml")


def test_a_study_says_which_file_was_edited(home):
    text = 'name = "s"\nseed = 1\nreplicates = 1\n[base]\ntask = "retina"\nevolution = {population = 8, generations = 1}\n'
    (home / "s.toml").write_text(text + '[treatments.a]\nsettings.selection.method = "tournament.py"\n')
    run_study(load_definition("s.toml"), "studies/s", jobs=1)
    (home / "tournament.py").write_text(TOURNAMENT + "\n")
    with pytest.raises(
        EvomodError,
        match=r"a file of treatment 'a' was edited .*take studies/s/a and studies/s/summary\.csv \(it is written anew\) away",
    ):
        run_study(load_definition("s.toml"), "studies/s", jobs=1)


LATE = """
from evomod import Pressure

def measure(view, section):
    {line}
    return (view.active != 0).sum(axis=1) * 1.0

PRESSURE = Pressure("late", measure)
"""
OF_TWO = """
name = "s"
seed = 1
replicates = 2
base = {task = "retina", evolution = {population = 8, generations = 3}}
[treatments.a]
[treatments.b]
settings.pressures.late = {file = "late.py", penalty = 0.001}
"""


def test_a_corrected_file_begins_its_treatment_anew_and_leaves_the_others(home):
    (home / "s.toml").write_text(OF_TWO)
    (home / "late.py").write_text(LATE.format(line="assert view.first == 0, 'not foreseen'"))
    first = run_study(load_definition("s.toml"), "studies/s", jobs=1)
    assert len(first.failures) == 2
    kept = (home / "studies/s/a/000/log.csv").read_bytes()
    (home / "late.py").write_text(LATE.format(line="pass"))
    with pytest.raises(EvomodError, match=r"a file of treatment 'b' was edited .*take studies/s/b"):
        run_study(load_definition("s.toml"), "studies/s", jobs=1)
    shutil.rmtree(home / "studies/s/b")
    found = run_study(load_definition("s.toml"), "studies/s", jobs=1)
    assert found.summary["treatment"].tolist() == ["a", "a", "b", "b"] and not found.failures
    assert (home / "studies/s/a/000/log.csv").read_bytes() == kept
    measured = found.summary["pressure:late"].astype(float)
    assert np.isnan(measured[:2]).all() and (measured[2:] == found.summary["connections"][2:]).all()
    assert (home / "studies/s/late.py").read_text() == LATE.format(line="pass")
    shutil.rmtree(home / "studies/s/a")
    (home / "late.py").write_text(LATE.format(line="..."))
    with pytest.raises(
        EvomodError,
        match=r"'b' was edited .*give another folder with --out: the tables here hold runs without",
    ):
        run_study(load_definition("s.toml"), "studies/s", jobs=1)


def test_a_file_that_fails_at_once_leaves_other_treatments_their_runs(home):
    (home / "s.toml").write_text(OF_TWO)
    (home / "late.py").write_text(LATE.format(line="1 / 0"))
    found = run_study(load_definition("s.toml"), "studies/s", jobs=1)
    assert found.summary["treatment"].tolist() == ["a", "a"]
    assert [failure["treatment"] for failure in found.failures] == ["b", "b"]
    assert all("generation 0: pressure 'late'" in failure["message"] for failure in found.failures)
