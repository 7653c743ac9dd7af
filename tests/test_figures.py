"""Every figure of a paper is drawn from a tiny study; figures and claims that cannot be are told so."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evomod.errors import EvomodError
from evomod.measures import report as measuring
from evomod.papers import claim, claim_texts, figures, listing, verification
from evomod.papers import scripts as papers
from evomod.studies.definition import dump_study, load_definition
from evomod.studies.run import run_study
from evomod.studies.stated import read_stated, stated_difference

ROOT = Path(__file__).parent.parent
TINY = [
    "evolution.population=20",
    "evolution.generations=30",
    "tracking.population_every=10",
]

LEFT_OUT = r"-eq-|or-and-or|and-or-and|or-or-and|^n\d+-e(2|10|50|100|200|1000|2000)$"
"""Goals and periods of 2007 that would cost most of the time."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Run a study's definition with one or two replicates of twenty networks, once a module.

    Studies of a paper lie beside each other in folders of their names, where figures look for others.
    """
    done, home = {}, tmp_path_factory.mktemp("studies")
    draws, measuring.NOTE_DRAWS = (
        measuring.NOTE_DRAWS,
        50,
    )  # null graphs are half of the time of such runs

    def run(definition):
        if definition not in done:
            sized = "study_periods" in definition and "2007" in definition  # treatments are sizes
            study = load_definition(ROOT / "scripts" / definition, TINY[1:] if sized else TINY)
            kept = tuple(t for t in study.treatments if not re.search(LEFT_OUT, t.name))
            few = replace(study, replicates=1 if len(kept) > 20 else 2, treatments=kept)
            done[definition] = run_study(few, home / study.name, jobs=1)
        return done[definition]

    yield run
    measuring.NOTE_DRAWS = draws


def png_size(path):
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    return len(content)


FROM_STUDIES = [
    name
    for name, script in sorted(listing.find_figures().items())
    if hasattr(papers.load_script(script.path), "STUDY")
]
"""Figures of networks trained by gradient are drawn from a table: tests/test_filan2021.py."""


UNSOLVED = ("kashtan2005-decay", "kashtan2005-fig2", "kashtan2005-fig3")
"""A tiny run solves no circuit, which is all that these then say; drawn in full in test_kashtan_figures.py."""


@pytest.mark.parametrize("name", FROM_STUDIES)
def test_a_figure_is_drawn_from_a_study(tiny, tmp_path, name):
    script = figures.chosen_figure(name).path
    found = tiny(f"{script.parent.name}/{papers.load_script(script).STUDY}")
    path, folder = figures.draw_figure(name, tmp_path / "figure.png", study=found.folder, jobs=1)
    assert folder == found.folder
    assert (5_000 if name in UNSOLVED else 10_000) < png_size(path) < 300_000


def test_every_figure_names_a_study_that_can_be_loaded():
    known = listing.find_figures()
    assert {"clune2013-fig2", "clune2013-fig3a"} <= set(known)
    for script in known.values():
        module = papers.load_script(script.path)
        assert script.shows.endswith(".")
        assert script.texts == {n: getattr(module, n) for n in listing.STATED if hasattr(module, n)}
        assert re.search(r"about ([\d.]+|an|half an) (minutes?|hours?) of one core", module.FULL)
        if hasattr(module, "TABLE"):
            assert script.path.stem in module.COMMAND and callable(module.quick)
            continue
        study = load_definition(script.path.parent / module.STUDY)
        quick = load_definition(
            script.path.parent / module.STUDY, module.QUICK["settings"], module.QUICK["replicates"]
        )
        assert quick.replicates < study.replicates


@pytest.mark.parametrize("path", sorted(ROOT.glob("scripts/*/study*.toml")), ids=str)
def test_every_definition_of_a_study_is_valid(path):
    study = load_definition(path)
    assert study.name.startswith(path.parent.name) and study.treatments


@pytest.mark.parametrize("path", sorted(ROOT.glob("scripts/*/study*.toml")), ids=str)
def test_what_a_definition_states_is_what_its_study_keeps(path, tmp_path):
    """So that the list of figures, which resolves nothing, passes over no study of a paper."""
    kept = tmp_path / "study.toml"
    kept.write_text(dump_study(load_definition(path)))
    assert stated_difference(read_stated(path), read_stated(kept)) is None


def test_a_figure_that_is_not_known_and_a_study_that_is_another(tiny, tmp_path):
    with pytest.raises(EvomodError, match=r"no figure 'clune2013-fig99'; .*clune2013-fig2"):
        figures.draw_figure("clune2013-fig99")
    with pytest.raises(EvomodError, match="needs the study 'clune2013'"):
        figures.draw_figure("clune2013-fig2", study=tiny("clune2013/study_adapt.toml").folder)
    with pytest.raises(EvomodError, match="cannot be written"):
        figures.draw_figure(
            "clune2013-fig2", tmp_path / "no" / "x.png", study=tiny("clune2013/study.toml").folder
        )


def test_without_a_study_the_command_that_runs_it_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(papers, "study_places", lambda path, module: [tmp_path])
    with pytest.raises(EvomodError, match="evomod study scripts/clune2013/study.toml"):
        figures.draw_figure("clune2013-fig2")


OF_STUDIES = [p for p in verification.claim_scripts() if hasattr(papers.load_script(p), "STUDY")]


@pytest.mark.parametrize("path", OF_STUDIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_claims_are_tested_against_a_study(tiny, path):
    module = papers.load_script(path)
    tiny("clune2013/study.toml")  # that others are compared with
    found = verification.of_study(path, module, tiny(f"{path.parent.name}/{module.STUDY}"))
    assert [claim.claim for claim in found] == [spec.text for spec in module.CLAIMS]
    assert {claim.paper for claim in found} == {path.parent.name}
    assert {claim.verdict for claim in found} <= {"not complete", "not run", "made by 0.1"}


def test_claims_of_the_retina_say_how_many_runs_they_stand_on(tiny):
    path = ROOT / "scripts" / "clune2013" / "claims.py"
    found = verification.of_study(path, papers.load_script(path), tiny("clune2013/study.toml"))
    assert len(found) == 32
    assert all(claim.test.startswith("none yet: 2 of 50 runs of p") for claim in found[:30])
    shares = [c for c in found if "apart" in c.claim or "neuron for" in c.claim]
    assert len(shares) == 10 and all("/2 (" in claim.found for claim in shares)


def test_claims_of_the_map_are_told_of_a_map(tiny, tmp_path):
    path = ROOT / "scripts" / "clune2013" / "claims.py"
    module = papers.load_script(path)
    study = replace(tiny("clune2013/study.toml"), folder=tmp_path / "alone")
    study.folder.mkdir()
    source = claim.Source(path, module, study)
    with pytest.raises(claim.NotRunError, match="no map"):
        module.everywhere(source)
    cells = ["0.0,100.0,1.0", "0.005,90.0,1.0", "0.01,80.0,1.0", "0.015,70.0,1.0", "0.02,0.0,0.75"]
    (study.folder / "mole.csv").write_text(
        "\n".join(["q_score,connection_cost,best_fitness", *cells, ""])
    )
    manifest = study.folder / "mole.manifest.json"
    manifest.write_text('{"seeds": [1, 2]}')
    assert {module.everywhere(source).verdict, module.falling(source).verdict} == {"not complete"}
    manifest.write_text(
        '{"seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "falls": [1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5]}'
    )
    every, falls = module.everywhere(source), module.falling(source)
    assert every.verdict == "inconclusive" and "in 4 of the 5 rows" in every.found
    assert falls.verdict is None and "mean rho of the fall +0.95, n = 10 maps" in falls.found
    assert 0.0 < falls.effect.low < 0.95 < falls.effect.high and falls.p < 0.05
    manifest.write_text('{"versions": {"evomod": "0.1.0"}}')
    with pytest.raises(claim.OutdatedError, match="born too sparse"):
        module.falling(source)


def test_claims_that_compare_with_another_study_wait_for_one_of_the_same_size(
    tiny, tmp_path, monkeypatch
):
    script = ROOT / "scripts" / "clune2013" / "claims_sweeps.py"
    module, sweeps = papers.load_script(script), tiny("clune2013/study_sweeps.toml")
    tiny("clune2013/study.toml")
    assert papers.companion(sweeps, script, "study.toml").study.name == "clune2013"
    assert not any("study.toml" in c.found for c in verification.of_study(script, module, sweeps))
    monkeypatch.chdir(tmp_path)
    alone = replace(sweeps, folder=tmp_path / "alone")
    shutil.copytree(sweeps.folder, alone.folder)
    assert papers.companion(alone, script, "study.toml") is None
    found = verification.of_study(script, module, alone)
    waiting = [claim for claim in found if "study.toml" in claim.found]
    assert len(waiting) == 9 and {claim.verdict for claim in waiting} == {"not run"}
    longer = replace(sweeps, study=load_definition(script.with_name("study_sweeps.toml")))
    elsewhere = papers.companion(longer, script, "study.toml")
    assert elsewhere.folder == ROOT / "results" / "clune2013"  # not the short one beside


def test_claims_without_a_study_have_no_verdict(monkeypatch, tmp_path):
    monkeypatch.setattr(verification, "find_study", lambda path, module, tell: None)
    monkeypatch.setattr(verification, "table_of", lambda paper, module: tmp_path / "none.csv")
    found = verification.verify()
    assert found and {claim.verdict for claim in found} == {"not run", "made by 0.1"}


def test_tables_of_the_old_births_are_refused_by_name(monkeypatch, tiny):
    path = ROOT / "scripts" / "clune2013" / "claims_xor.py"
    study = tiny("clune2013/study_xor.toml")
    old = replace(study, manifest={**study.manifest, "versions": {"evomod": "0.1.0"}})
    found = verification.of_study(path, papers.load_script(path), old)
    assert {claim.verdict for claim in found} == {"made by 0.1"}
    assert found[0].found == (
        "made by evomod 0.1.0, whose layered networks were born too sparse: run again"
    )
    circuits = tiny("kashtan2005/study_random.toml")
    old = replace(circuits, manifest={**circuits.manifest, "versions": {"evomod": "0.1.0"}})
    path = ROOT / "scripts" / "kashtan2005" / "claims_random.py"
    found = verification.of_study(path, papers.load_script(path), old)
    assert {claim.verdict for claim in found} == {"not complete"}  # circuits are born as before


def test_a_taste_decides_no_claim(monkeypatch, tiny):
    path = ROOT / "scripts" / "clune2013" / "claims.py"
    taste, told = tiny("clune2013/study.toml"), []
    monkeypatch.setattr(verification, "claim_scripts", lambda: [path])
    monkeypatch.setattr(verification, "find_study", lambda path, module, tell: taste)
    found = verification.verify(tell=told.append)
    assert len(found) == 32 and {claim.verdict for claim in found[:30]} == {"not complete"}
    assert told[0].endswith("replicates (a taste: decides nothing)")
    whole = replace(taste, study=load_definition(path.with_name("study.toml")))
    assert not papers.is_taste(path, papers.load_script(path).STUDY, whole)


def test_few_values_are_described_by_their_range():
    assert claim_texts.described([0.4583, 0.4537]) == "0.456, range [0.4537, 0.4583], n = 2"
    assert (
        claim_texts.described([0.5, np.nan]) == "0.5, n = 1"
        and claim_texts.described([]) == "nan, n = 0"
    )
    assert claim_texts.described(range(6)).startswith("2.5 [")


def test_the_command_lists_figures_and_refuses_unknown_ones():
    def evomod(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "evomod", *arguments], capture_output=True, text=True, check=False
        )

    listed = evomod("figure")
    assert listed.returncode == 0 and "clune2013-fig2: Performance" in listed.stdout
    unknown = evomod("figure", "nonsense")
    assert unknown.returncode == 2 and "known: achterberg2023-recurrent, benefits-" in unknown.stderr
