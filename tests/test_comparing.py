"""Groups of runs beside each other: the numbers of statistics.py, in the right places; refusals in words."""

import json
import shutil

import numpy as np
import pytest

import evomod
from evomod.cli.parser import main
from evomod.contrasts import contrast
from evomod.errors import EvomodError
from evomod.report.comparing import columns_in, compare, groups_of, told
from evomod.runs.run import begin, run
from evomod.statistics import holm, rank_sum

STUDY = """
name = "small"
seed = 7
replicates = 6
[base]
task = "retina"
evolution = {population = 20, generations = 5}
[treatments.pa]
label = "PA"
[treatments.pcc]
settings.pressures.connection-cost = {}
[treatments.few]
settings.evolution.generations = 1
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("comparing")
    (home / "study.toml").write_text(STUDY)
    assert main(["study", str(home / "study.toml"), "--out", str(home / "study"), "--jobs", "1"]) == 0
    for seed in (1, 2):
        run(
            evomod.Config(task="retina", evolution={"population": 20, "generations": 5}),
            seed,
            home / f"r{seed}",
        )
    return home


def test_treatments_are_compared_with_the_first(home):
    study, groups = evomod.load_study(home / "study"), groups_of([home / "study"])
    assert list(groups) == ["PA", "pcc", "few"]
    found = compare(groups, ["q_score", "best_fitness"])
    assert [(one.column, one.group) for one in found] == [
        ("q_score", "pcc"), ("q_score", "few"), ("best_fitness", "pcc"), ("best_fitness", "few")
    ]  # fmt: skip
    for one in found:
        a, b = (study.column(one.column, name) for name in (one.group, "pa"))
        assert one.found == contrast(a, b) and one.reference == "PA"
        assert one.found.p == rank_sum(a, b).p
    assert [one.p_holm for one in found] == holm([one.found.p for one in found]).tolist()


def test_any_column_makes_groups(home):
    groups = groups_of([home / "study"], "generations")
    assert {name: rows["q_score"].size for name, rows in groups.items()} == {
        "generations 5": 12,
        "generations 1": 6,
    }


def test_runs_and_studies_are_groups_of_their_own(home):
    groups = groups_of([home / "study", home / "r1", home / "r2"])
    assert [rows["q_score"].size for rows in groups.values()] == [18, 1, 1]
    log = evomod.load_run(home / "r1").log
    assert groups[str(home / "r1")]["q_score"][0] == log["q_score"][-1]
    text = told(compare(groups_of([home / "r1", home / "r2"]), ["q_score"]))
    assert "no test" in text and "delta" not in text


def test_an_unfinished_study_is_compared_by_what_is_done(home, tmp_path):
    shutil.copytree(home / "study", tmp_path / "study")
    for path in [*(tmp_path / "study").glob("*.csv"), *(tmp_path / "study").glob("*.gz")]:
        path.unlink()
    shutil.rmtree(tmp_path / "study" / "pcc" / "003")
    assert groups_of([tmp_path / "study"])["pcc"]["q_score"].size == 5


@pytest.mark.parametrize(
    ("folders", "by", "says"),
    [
        (["r1"], None, "nothing to be compared with"),
        (["nowhere"], None, "no run folder: there is no such folder"),
        (["r1", "r1"], None, "twice"),
        (["study", "r1"], "treatment", "--by"),
        (["study"], "treatmnt", "did you mean 'treatment'"),
        (["study"], "q_method", "makes 1 groups"),
        (["r1", "begun"], None, "first checkpoint"),
        (["r1", "nowhere"], None, "nowhere"),
    ],
)
def test_what_cannot_be_grouped_is_refused(home, folders, by, says):
    if not (home / "begun").exists():
        begin(evomod.Config(task="retina"), 1, home / "begun")
    with pytest.raises(EvomodError, match=says):
        groups_of([home / name for name in folders], by)


def test_columns_of_no_numbers_are_refused(home):
    groups = groups_of([home / "study"])
    for name, says in (("q_scor", "did you mean 'q_score'"), ("q_method", "holds text")):
        with pytest.raises(EvomodError, match=says):
            columns_in(groups, [name])
    assert columns_in(groups) == ["q_score", "best_fitness", "connection_cost"]


def test_the_command(home, tmp_path, capsys):
    picture = tmp_path / "c.svg"
    assert main(["compare", str(home / "study"), "--column", "q_score", "--picture", str(picture)]) == 0
    out = capsys.readouterr().out
    q = evomod.load_study(home / "study").column("q_score", "pcc")
    assert "delta" in out and f"{np.median(q):.3g} [" in out
    assert picture.read_text().rstrip().endswith("</svg>")
    assert main(["compare", str(home / "study"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["reference"] == "PA"
    assert main(["compare", str(home / "study"), "--picture", str(tmp_path / "c.doc")]) == 2
    assert ".svg" in capsys.readouterr().err and [path.name for path in tmp_path.iterdir()] == ["c.svg"]
