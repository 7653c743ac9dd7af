"""Which study a figure is drawn from and a claim is tested on: never another one, nor a damaged folder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.papers import listing, verification
from evomod.papers import scripts as papers
from evomod.studies.definition import load_definition
from evomod.studies.run import run_study

ROOT = Path(__file__).parent.parent
FIGURE = ROOT / "scripts" / "clune2013" / "fig2.py"
CLAIMS = FIGURE.with_name("claims.py")
TINY = ["evolution.population=20", "evolution.generations=10", "tracking.population_every=10"]
COMMITTED = ROOT / "results" / "clune2013"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The study of Clune et al., tiny."""
    study = load_definition(FIGURE.with_name("study.toml"), TINY, 2)
    return run_study(study, tmp_path_factory.mktemp("made") / "clune2013", jobs=1).folder


@pytest.fixture
def own(made, tmp_path, monkeypatch):
    """A copy of it where studies are looked for."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, "studies/clune2013")
    return Path("studies") / "clune2013"


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def of_other_settings(folder):
    change(folder / "study.toml", "add_connection = 0.2", "add_connection = 0.9")


def of_fewer_treatments(folder):
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.partition("[treatments.pcc-binary]")[0])


def of_another_task(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"tasks": {"pa": "another"}}))


def without_a_manifest(folder):
    (folder / "manifest.json").unlink()


def with_a_torn_table(folder):
    (folder / "summary.csv").write_text("treatment,replicate\npa\n")


OTHERS = {
    of_other_settings: "treatment 'pa' has variation.add_connection = 0.9, not 0.2",
    of_fewer_treatments: "it has no treatment pcc",
    of_another_task: "the task of treatment 'pa' had other truth tables",
}
DAMAGED = {
    without_a_manifest: "it has no manifest.json",
    with_a_torn_table: "summary.csv is damaged",
}


def test_a_study_of_another_size_is_the_papers_study(own):
    told = []
    module = papers.load_script(FIGURE)
    assert papers.find_study(FIGURE, module.STUDY, told.append).folder == own and not told
    assert papers.is_taste(FIGURE, module.STUDY, papers.load_study(own))


@pytest.mark.parametrize("spoil", [*OTHERS, *DAMAGED])
def test_another_study_and_a_damaged_one_are_passed_over_in_a_line(own, spoil):
    spoil(own)
    told = []
    found = papers.find_study(FIGURE, papers.load_script(FIGURE).STUDY, told.append)
    assert found.folder == COMMITTED
    assert len(told) == 1 and "\n" not in told[0]
    assert told[0].startswith("studies/clune2013 is passed over: ")
    assert (OTHERS | DAMAGED)[spoil] in told[0]


@pytest.mark.parametrize("spoil", [of_other_settings, without_a_manifest])
def test_they_decide_no_claim_and_shadow_no_results(own, spoil, monkeypatch):
    spoil(own)
    told = []
    monkeypatch.setattr(verification, "claim_scripts", lambda: [CLAIMS])
    verification.verify(tell=told.append)
    assert "is passed over" in told[0] and str(COMMITTED) in told[1]


def test_they_are_passed_over_as_companions_too(own, made, tmp_path):
    script = FIGURE.with_name("claims_sweeps.py")
    study = replace(papers.load_study(made), folder=tmp_path / "studies" / "clune2013-sweeps")
    assert papers.companion(study, script, "study.toml").folder.samefile(own)
    of_other_settings(own)
    assert papers.companion(study, script, "study.toml") is None  # the committed one is of another size


def not_valid(folder):
    (folder / "study.toml").write_text("name = 'clune2013'\n[treatments]\npa.settings = 3\n")


UNRESOLVED = {**OTHERS, **DAMAGED, not_valid: "is not valid"}
UNRESOLVED.pop(of_another_task)


@pytest.mark.parametrize("spoil", [None, *UNRESOLVED])
def test_the_list_of_figures_tells_of_them(own, capsys, monkeypatch, spoil):
    """As far as it can without resolving a config."""
    script = listing.find_figures()["clune2013-fig2"]
    monkeypatch.setattr(listing, "find_figures", lambda: {"clune2013-fig2": script})
    if spoil:
        spoil(own)
    assert main(["figure"]) == 0
    *_, place = out = capsys.readouterr().out.splitlines()
    if spoil is None:
        assert place.split(maxsplit=1) == ["study", f"{own}, 2 replicates"]
        return
    assert f"  study      {COMMITTED}, " in out[2]
    assert "studies/clune2013 is passed over: " in place and UNRESOLVED[spoil] in place


def test_another_study_that_is_asked_for_is_drawn_and_told(own, capsys):
    of_other_settings(own)
    assert main(["figure", "clune2013-fig2", "--study", str(own), "--out", "x.png"]) == 0
    told = capsys.readouterr()
    assert "drawn from studies/clune2013" in told.out and Path("x.png").stat().st_size > 10_000
    assert "is drawn as it is, but it is not the study of scripts/clune2013/study.toml" in told.err
    assert OTHERS[of_other_settings] in told.err


def test_what_lacks_treatments_that_a_figure_wants_is_told_in_a_line(own, capsys):
    text = (own / "study.toml").read_text()
    (own / "study.toml").write_text(text.partition("[treatments.pcc]")[0])
    assert main(["figure", "clune2013-fig2", "--study", str(own), "--out", "x.png"]) == 2
    *_, last = capsys.readouterr().err.splitlines()
    assert last.startswith("evomod: clune2013-fig2 cannot be drawn from studies/clune2013: ")
    assert "it has no treatment pcc" in last


def test_a_study_of_another_version_is_drawn_and_told_and_never_written_to(own, capsys):
    change(own / "manifest.json", '"evomod": "', '"evomod": "9.')
    (own / "study.lock").unlink(missing_ok=True)
    before = {path: path.read_bytes() for path in own.glob("*") if path.is_file()}
    assert main(["status", str(own)]) == 2
    told = capsys.readouterr()
    assert "2 done" in told.out and "was made by evomod 9." in told.err
    assert {path: path.read_bytes() for path in own.glob("*") if path.is_file()} == before
    assert main(["figure", "clune2013-fig2", "--out", "x.png"]) == 0
    assert "studies/clune2013 was made by evomod 9." in capsys.readouterr().err


def test_a_table_that_lacks_a_column_is_told(own):
    lines = (own / "summary.csv").read_text().splitlines()
    at = lines[0].split(",").index("q_score")
    cut = [",".join(c for k, c in enumerate(line.split(",")) if k != at) for line in lines]
    (own / "summary.csv").write_text("\n".join([*cut, ""]))
    said = r"the table .*summary.csv has no column 'q_score'; it has treatment, replicate"
    with pytest.raises(EvomodError, match=said):
        papers.load_study(own).column("q_score", "pa")
    study = papers.load_study(own)
    found = verification.of_study(CLAIMS, papers.load_script(CLAIMS), study)
    assert {claim.verdict for claim in found} == {"not run"}
    assert all("has no column 'q_score'" in claim.found for claim in found)


@pytest.mark.parametrize("text", [None, "{", "{}", "[]"])
def test_a_map_without_its_manifest_is_told(own, text, capsys):
    (own / "mole.csv").write_text("q_score,connection_cost,best_fitness\n0.1,50.0,0.75\n")
    if text is not None:
        (own / "mole.manifest.json").write_text(text)
    assert main(["figure", "clune2013-fig4", "--study", str(own), "--out", "x.png"]) == 2
    assert (
        "mole.manifest.json, which says where the table beside it comes from" in capsys.readouterr().err
    )
