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
from evomod.papers import claims, figures, verification
from evomod.papers import scripts as papers
from evomod.studies.definition import load_definition
from evomod.studies.run import run_study

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

    def run(definition):
        if definition not in done:
            sized = "study_periods" in definition and "2007" in definition  # treatments are sizes
            study = load_definition(ROOT / "scripts" / definition, TINY[1:] if sized else TINY)
            kept = tuple(t for t in study.treatments if not re.search(LEFT_OUT, t.name))
            few = replace(study, replicates=1 if len(kept) > 20 else 2, treatments=kept)
            done[definition] = run_study(few, home / study.name, jobs=1)
        return done[definition]

    return run


def png_size(path):
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    return len(content)


FROM_STUDIES = [
    name
    for name, script in sorted(figures.find_figures().items())
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
    known = figures.find_figures()
    assert {"clune2013-fig2", "clune2013-fig3a"} <= set(known)
    for script in known.values():
        module = papers.load_script(script.path)
        assert script.shows.endswith(".")
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


def test_a_figure_that_is_not_known_and_a_study_that_is_another(tiny, tmp_path):
    with pytest.raises(EvomodError, match=r"no figure 'clune2013-fig99'; known: .*clune2013-fig2"):
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
    found = module.claims(tiny(f"{path.parent.name}/{module.STUDY}"))
    assert {claim.verdict for claim in found} <= {"holds", "fails", "cannot tell"}
    assert {claim.paper for claim in found} == {path.parent.name}
    assert len({claim.claim for claim in found}) == len(found)
    if path.stem != "claims":  # its claims of Q and performance have texts of their own
        assert [claim.claim for claim in found] == module.CLAIMS


def test_claims_of_the_retina_say_how_many_runs_they_stand_on(tiny):
    module = papers.load_script(ROOT / "scripts" / "clune2013" / "claims.py")
    found = module.claims(tiny("clune2013/study.toml"))
    assert len(found) == 32 and [c.claim for c in found[30:]] == module.MAP
    everywhere = [c for c in found[:30] if "Q beside" not in c.claim]  # a tiny network may have no z
    assert len(everywhere) == 24
    assert all("n = 2" in claim.found or "/2 (" in claim.found for claim in everywhere)


def test_claims_of_the_map_are_told_of_a_map(tiny, tmp_path):
    module = papers.load_script(ROOT / "scripts" / "clune2013" / "claims.py")
    study = replace(tiny("clune2013/study.toml"), folder=tmp_path / "alone")
    study.folder.mkdir()
    assert all("no map" in claim.found for claim in module.of_map(study))
    (study.folder / "mole.csv").write_text("q_score,connection_cost,best_fitness\n0.1,50.0,0.75\n")
    assert all("no network that is right" in claim.found for claim in module.of_map(study))
    cells = ["0.0,100.0,1.0", "0.005,90.0,1.0", "0.01,80.0,1.0", "0.015,70.0,1.0", "0.02,0.0,0.75"]
    (study.folder / "mole.csv").write_text(
        "\n".join(["q_score,connection_cost,best_fitness", *cells, ""])
    )
    every, falls = module.of_map(study)
    assert every.verdict == "cannot tell" and "in 4 of the 5 rows" in every.found
    assert falls.verdict == "holds" and "rho -1.00 over 4 cells" in falls.found


def test_claims_that_compare_with_another_study_wait_for_one_of_the_same_size(
    tiny, tmp_path, monkeypatch
):
    script = ROOT / "scripts" / "clune2013" / "claims_sweeps.py"
    module, sweeps = papers.load_script(script), tiny("clune2013/study_sweeps.toml")
    tiny("clune2013/study.toml")
    assert papers.companion(sweeps, script, "study.toml").study.name == "clune2013"
    assert all("study.toml" not in claim.found for claim in module.claims(sweeps))
    monkeypatch.chdir(tmp_path)
    alone = replace(sweeps, folder=tmp_path / "alone")
    shutil.copytree(sweeps.folder, alone.folder)
    assert papers.companion(alone, script, "study.toml") is None
    waiting = [claim for claim in module.claims(alone) if "study.toml" in claim.found]
    assert len(waiting) == 17 and {claim.verdict for claim in waiting} == {"cannot tell"}
    longer = replace(sweeps, study=load_definition(script.with_name("study_sweeps.toml")))
    elsewhere = papers.companion(longer, script, "study.toml")
    assert elsewhere.folder == ROOT / "results" / "clune2013"  # not the short one beside


def test_claims_without_a_study_cannot_be_told(monkeypatch, tmp_path):
    monkeypatch.setattr(verification, "find_study", lambda path, module, tell: None)
    monkeypatch.setattr(verification, "table_of", lambda paper, module: tmp_path / "none.csv")
    found = verification.verify()
    assert found and {claim.verdict for claim in found} == {"cannot tell"}


def test_a_taste_decides_no_claim(monkeypatch, tiny):
    path = ROOT / "scripts" / "clune2013" / "claims.py"
    taste, told = tiny("clune2013/study.toml"), []
    monkeypatch.setattr(verification, "claim_scripts", lambda: [path])
    monkeypatch.setattr(verification, "find_study", lambda path, module, tell: taste)
    found = verification.verify(tell=told.append)
    assert len(found) == 32 and {claim.verdict for claim in found} == {"cannot tell"}
    assert told[0].endswith("replicates (a taste: decides nothing)")
    whole = replace(taste, study=load_definition(path.with_name("study.toml")))
    assert not papers.is_taste(path, papers.load_script(path).STUDY, whole)


@pytest.mark.parametrize("claim", [claims.alike, claims.larger, claims.larger_in_pairs])
def test_without_numbers_nothing_is_told(claim):
    for a, b in (([], []), ([np.nan] * 3, [1.0, 2.0, 3.0])):
        assert claim("p", "c", a, b, ("a", "b"), 1).verdict == "cannot tell"
    assert claims.more_often("p", "c", (0, 0), (1, 2), ("a", "b"), 1).verdict == "cannot tell"
    one = claims.published_mean("p", "c", [1.0, np.nan], 1.0, 0.1, 1)
    assert one.verdict == "cannot tell" and one.found.endswith("n = 1")
    assert claims.published("p", "c", [0.5], (0.6, 0.7), 1).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("a", "b", "n_paper", "verdict"),
    [
        (range(10, 20), range(10), 50, "holds"),
        (range(10), range(10, 20), 50, "fails"),  # the other way round
        (range(10), range(10), 50, "cannot tell"),  # no difference, fewer runs than the paper
        (range(10), range(10), 10, "fails"),  # no difference in as many runs
    ],
)
def test_verdicts_of_a_difference(a, b, n_paper, verdict):
    assert claims.larger("p", "c", list(a), list(b), ("a", "b"), n_paper).verdict == verdict


def test_without_values_one_cannot_tell():
    assert claims.larger("p", "c", [np.nan], [1.0], ("a", "b"), 1).verdict == "cannot tell"


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ((9, 10), (0, 10), "holds"),
        ((0, 10), (9, 10), "fails"),
        ((5, 10), (5, 10), "fails"),
        ((3, 9), (3, 9), "cannot tell"),
    ],
)
def test_verdicts_of_proportions(a, b, verdict):
    assert claims.more_often("p", "c", a, b, ("a", "b"), 10).verdict == verdict


def test_tests_of_proportions_tell_the_difference():
    found = claims.more_often("p", "c", (3, 4), (1, 4), ("a", "b"), 10)
    assert found.test == "Fisher's exact p = 0.49, difference +50 percentage points"
    found = claims.published_share("p", "c", (1, 4), (3, 4))
    assert found.test == "Fisher's exact p = 0.49, difference -50 percentage points to 3/4"


def test_pairs_that_are_too_few_for_the_test_do_not_fail():
    """Four pairs that all agree have p = 0.125, however large the paper's n."""
    four = claims.larger_in_pairs("p", "c", [2, 3, 4, 5], [1, 1, 1, 1], ("a", "b"), 4)
    assert four.verdict == "cannot tell" and "p = 0.12 of 4 pairs" in four.test
    six = claims.larger_in_pairs("p", "c", [2, 3, 4, 5, 6, 0], [1, 1, 1, 1, 1, 9], ("a", "b"), 4)
    assert six.verdict == "fails"


def test_a_claim_of_a_family_is_decided_by_the_corrected_p():
    a, b = list(range(10, 20)), list(range(10))
    assert claims.larger("p", "c", a, b, ("a", "b"), 10, corrected=0.2).verdict == "fails"
    assert claims.larger("p", "c", a, b, ("a", "b"), 11, corrected=0.2).verdict == "cannot tell"
    found = claims.larger("p", "c", a, b, ("a", "b"), 11, corrected=0.01)
    assert found.verdict == "holds" and "p = 0.00018 (0.01 by Holm), Cliff" in found.test
    assert claims.alike("p", "c", a, b, ("a", "b"), 10, corrected=0.2).verdict == "holds"
    assert claims.alike("p", "c", a, b, ("a", "b"), 10, corrected=0.01).verdict == "fails"


def test_few_values_are_described_by_their_range():
    assert claims.described([0.4583, 0.4537]) == "0.456, range [0.4537, 0.4583], n = 2"
    assert claims.described([0.5, np.nan]) == "0.5, n = 1" and claims.described([]) == "nan, n = 0"
    assert claims.described(range(6)).startswith("2.5 [")


@pytest.mark.parametrize(
    ("b", "n_paper", "verdict"),
    [(range(10), 10, "holds"), (range(10), 11, "cannot tell"), (range(10, 20), 50, "fails")],
)
def test_verdicts_of_no_difference(b, n_paper, verdict):
    assert claims.alike("p", "c", list(range(10)), list(b), ("a", "b"), n_paper).verdict == verdict


def test_verdicts_of_a_published_median():
    values = np.linspace(0.3, 0.5, 50)
    assert claims.published("p", "c", values, (0.35, 0.45), 50).verdict == "holds"
    assert claims.published("p", "c", values, (0.35, 0.45), 60).verdict == "cannot tell"
    assert claims.published("p", "c", values, (0.6, 0.7), 60).verdict == "fails"


def test_the_command_lists_figures_and_refuses_unknown_ones():
    def evomod(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "evomod", *arguments], capture_output=True, text=True, check=False
        )

    listed = evomod("figure")
    assert listed.returncode == 0 and "clune2013-fig2: Performance" in listed.stdout
    unknown = evomod("figure", "nonsense")
    assert unknown.returncode == 2 and "known: causes, " in unknown.stderr
