"""Claims as data: every shape on a table of numbers, families, what is refused, what waits for runs."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evomod.cli.parser import main
from evomod.effects import unknown
from evomod.errors import EvomodError
from evomod.papers import claim, claim_texts, testing, verification
from evomod.papers import scripts as papers
from evomod.papers.claim import Measured
from evomod.papers.claims import (
    Above,
    Alike,
    AtMost,
    Custom,
    Larger,
    LargerInPairs,
    LargerMean,
    MoreOften,
    Published,
    PublishedMean,
    PublishedShare,
    Rises,
    Sooner,
    Trend,
)

ROOT = Path(__file__).parent.parent
PATH = ROOT / "scripts" / "paper" / "claims.py"
RNG = np.random.default_rng(1)
NUMBERS = {
    "low": RNG.normal(0.0, 1.0, 40),
    "same": RNG.normal(0.0, 1.0, 40),
    "high": RNG.normal(2.0, 1.0, 40),
    "few": np.array([1.0, 2.0]),
    "never": np.zeros(40),
    "mostly": np.r_[np.zeros(4), np.ones(36)],
    "soon": np.r_[np.arange(1.0, 36.0), [100.0] * 5],
    "late": np.r_[np.arange(51.0, 71.0), [100.0] * 20],
    "known": (3.0, 0.5, 40),
    "unlike": (0.0, 0.5, 30),
}


def module(*specs, **more):
    """A claim file of an experiment that is no study."""
    return SimpleNamespace(
        CLAIMS=list(specs),
        COLUMNS={"x": lambda table, group: NUMBERS[group]},
        TABLE="x",
        COMMAND="x",
        **more,
    )


def outcome(*specs, **more):
    found = testing.decide(PATH, module(*specs, **more), Path("table.csv"), command="x")
    return found if len(found) > 1 else found[0]


ABOUT = {"family": "f", "smallest": 0.33}


@pytest.mark.parametrize(
    ("spec", "verdict"),
    [
        (Larger("c", column="x", a="high", b="low", **ABOUT), "holds"),
        (Larger("c", column="x", a="low", b="high", **ABOUT), "reversed"),
        (Larger("c", column="x", a="low", b="high", is_less=True, **ABOUT), "holds"),
        (Larger("c", column="x", a="same", b="low", family="f", smallest=0.6), "no effect of interest"),
        (Larger("c", column="x", a="same", b="low", family="f", smallest=0.05), "inconclusive"),
        (Larger("c", column="x", a="few", b="low", **ABOUT), "inconclusive"),
        (Alike("c", column="x", a="same", b="low", family="f", smallest=0.6), "holds"),
        (Alike("c", column="x", a="high", b="low", **ABOUT), "differs"),
        (LargerInPairs("c", column="x", a="high", b="low", **ABOUT), "holds"),
        (LargerInPairs("c", column="x", a="low", b="high", **ABOUT), "reversed"),
        (MoreOften("c", column="x", a="mostly", b="never", family="f", smallest=0.15), "holds"),
        (MoreOften("c", column="x", a="never", b="mostly", family="f", smallest=0.15), "reversed"),
        (Sooner("c", column="x", a="soon", b="late", cap=100, **ABOUT), "holds"),
        (Sooner("c", column="x", a="late", b="soon", cap=100, **ABOUT), "reversed"),
        (Above("c", column="x", a="known", bound=0.0, **ABOUT), "holds"),
        (Above("c", column="x", a="known", bound=0.0, below=True, **ABOUT), "reversed"),
        (Above("c", column="x", a="high", bound=1.0, **ABOUT), "holds"),
        (LargerMean("c", column="x", a="known", b="unlike", **ABOUT), "holds"),
        (LargerMean("c", column="x", a="unlike", b="known", **ABOUT), "reversed"),
        (Published("c", column="x", a="soon", value=20.0, family="f", smallest=1.0), "holds"),
        (Published("c", column="x", a="soon", value=200.0, family="f", smallest=0.25), "differs"),
        (Published("c", column="x", a="soon", value=20.0, ends=(2.0, 200.0), **ABOUT), "inconclusive"),
        (AtMost("c", column="x", a="soon", bound=40.0, **ABOUT), "holds"),
        (AtMost("c", column="x", a="late", bound=9.0, **ABOUT), "differs"),
        (AtMost("c", column="x", a="soon", bound=18.0, family="f", smallest=0.01), "inconclusive"),
        (PublishedMean("c", column="x", a="known", value=3.0, error=0.1, n=50, family="f", smallest=2.0), "holds"),
        (PublishedMean("c", column="x", a="known", value=9.0, error=0.1, n=50, **ABOUT), "differs"),
        (PublishedMean("c", column="x", a="known", value=3.0, error=None, n=5, **ABOUT), "inconclusive"),
        (
            PublishedMean("c", column="x", a="known", value=9.0, error=0.1, n=50, as_ratio=True, **ABOUT),
            "differs",
        ),
        (PublishedShare("c", column="x", a="mostly", theirs=(450, 500), family="f", smallest=0.2), "holds"),
        (PublishedShare("c", column="x", a="never", theirs=(25, 50), family="f", smallest=0.15), "differs"),
        (Trend("c", column="x", doses={"low": 0.0, "same": 1.0, "high": 2.0}, **ABOUT), "holds"),
        (Trend("c", column="x", doses={"low": 0.0, "high": 1.0}, falls=True, **ABOUT), "reversed"),
        (Trend("c", column="x", doses={"low": 0.0, "few": 1.0}, **ABOUT), "inconclusive"),
    ],
)  # fmt: skip
def test_every_shape_gives_a_verdict(spec, verdict):
    found = outcome(spec)
    assert found.verdict == verdict
    assert found.family == "f" and ("n = " in found.found or "/" in found.found)


def test_two_columns_of_one_group_rise_together():
    columns = {"x": lambda t, g: NUMBERS["low"], "y": lambda t, g: NUMBERS["low"] ** 3}
    spec = Rises("c", x="x", y="y", a="low", **ABOUT)
    mine = SimpleNamespace(CLAIMS=[spec], COLUMNS=columns, TABLE="x", COMMAND="x")
    (found,) = testing.decide(PATH, mine, Path("t"), command="x")
    assert found.verdict == "holds" and found.effect.startswith("rho +1.00")
    mine.CLAIMS = [replace(spec, falls=True)]
    (found,) = testing.decide(PATH, mine, Path("t"), command="x")
    assert found.verdict == "reversed"


def test_times_stand_beside_share_and_log_rank():
    found = outcome(Sooner("c", column="x", a="soon", b="late", cap=100, **ABOUT))
    assert "solved 35/40 (88%), given solved 18" in found.found and "log-rank p = " in found.test
    capped = outcome(Sooner("c", column="x", a="late", b="late", cap=10, **ABOUT))
    assert capped.verdict == "inconclusive" and "none" in capped.test


def test_tests_that_share_a_control_are_corrected_by_max_t_and_others_by_holm():
    shared = outcome(
        *(
            Larger(name, column="x", a=name, b="low", family="f", smallest=0.33)
            for name in ("high", "same")
        )
    )
    assert all("by max-T over 2" in claim.test for claim in shared)
    apart = outcome(
        Larger("one", column="x", a="high", b="low", **ABOUT),
        Larger("two", column="x", a="high", b="same", **ABOUT),
    )
    assert all("by Holm over 2" in claim.test for claim in apart)


def test_a_family_is_as_large_as_it_was_declared():
    found = outcome(
        Larger("one", column="x", a="high", b="low", **ABOUT),
        Larger("two", column="x", a="few", b="same", **ABOUT),
        Larger("other", column="x", a="high", b="low", family="g", smallest=0.33),
        Alike("alike", column="x", a="same", b="low", **ABOUT),
    )
    assert "by Holm over 2" in found[0].test and "by" not in found[2].test.replace("by Student", "")
    assert found[1].test.startswith("none: fewer than")


def test_what_could_not_be_tested_counts_in_its_family_and_an_equality_does_not():
    def undecided(source):
        return Measured("no goal is as hard", unknown("r"), "none", verdict="inconclusive")

    larger = Larger("one", column="x", a="high", b="low", **ABOUT)
    custom = Custom("two", test=undecided, of=("high",), **ABOUT)
    assert "by Holm over 2" in outcome(larger, custom)[0].test
    assert "Holm" not in outcome(larger, replace(custom, is_equality=True))[0].test


def test_an_effect_that_is_there_and_small_is_said_to_be():
    large = {"a": np.arange(4000.0) + 400.0, "b": np.arange(4000.0)}
    mine = SimpleNamespace(
        CLAIMS=[Larger("c", column="x", a="a", b="b", **ABOUT)], COLUMNS={"x": lambda t, g: large[g][::10]},
        TABLE="x", COMMAND="x",
    )  # fmt: skip
    (found,) = testing.decide(PATH, mine, Path("t"), command="x")
    assert found.verdict == "holds" and "smaller than the smallest effect of interest" in found.test


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            Larger("c", column="x", a="high", b="low", smallest=0.3),
            r"the claim 'c' names no family\. Add family=",
        ),
        (
            Larger("c", column="x", a="high", b="low", family="f"),
            "declares no smallest effect of interest. Add",
        ),
        (
            Larger("c", column="x", a="high", b="low", family="f", smallest=0.0),
            "declares no smallest effect",
        ),
        ("c", "which is not a claim such as Larger"),
    ],
)
def test_a_file_that_leaves_something_undeclared_is_refused_in_a_sentence(spec, message):
    with pytest.raises(EvomodError, match=message) as refused:
        testing.check_specs(PATH, module(spec))
    assert str(refused.value).startswith("scripts/paper/claims.py: ")


@pytest.mark.parametrize(
    "spec",
    [
        Larger("c", column="x", a="same", b="low", family="f", smallest=5.0),
        MoreOften("c", column="x", a="mostly", b="never", family="f", smallest=15.0),
    ],
)
def test_a_smallest_effect_that_no_effect_reaches_is_refused(spec):
    with pytest.raises(
        EvomodError,
        match=r"the claim 'c' has smallest=\d+, and its effect \((delta|shares)\) lies between -1 and 1",
    ):
        outcome(spec)


def test_two_claims_of_one_text_are_refused():
    spec = Above("c", column="x", a="known", bound=0.0, **ABOUT)
    with pytest.raises(EvomodError, match="more than once"):
        testing.check_specs(PATH, module(spec, spec))


def test_before_the_declared_number_of_runs_there_is_no_verdict():
    spec = Larger("c", column="x", a="high", b="low", **ABOUT)
    few = outcome(spec, runs_of=lambda table, group: (40, 50))
    assert (
        few.verdict == "not complete"
        and few.test == "none yet: 40 of 50 runs of high, 40 of 50 runs of low"
    )
    assert outcome(spec, runs_of=lambda table, group: (0, 50)).verdict == "not run"
    assert outcome(spec, runs_of=lambda table, group: (50, 50)).verdict == "holds"
    pilot = testing.decide(PATH, module(spec), Path("t"), command="x", is_whole=False)
    assert pilot[0].verdict == "not complete"


def test_what_is_missing_or_outdated_is_said_in_place_of_a_verdict(tmp_path):
    def fails(error):
        def test(source):
            raise error("why")

        return Custom("c", test=test, **ABOUT)

    assert outcome(fails(claim.NotRunError)).verdict == "not run"
    assert outcome(fails(claim.OutdatedError)).verdict == "made by 0.1"
    manifest = tmp_path / "mole.manifest.json"
    assert claim.check_births(manifest) == {}
    manifest.write_text('{"versions": {"evomod": "0.1.0"}}')
    with pytest.raises(claim.OutdatedError, match="mole: made by evomod 0.1.0"):
        claim.check_births(manifest)


def test_a_custom_claim_may_decide_itself():
    spec = Custom("c", test=lambda source: Measured("f", unknown("rho"), "t", verdict="holds"), **ABOUT)
    assert outcome(spec).verdict == "holds"


# ---- all claim files, and the committed verdicts


def specs():
    for path in verification.claim_scripts():
        for spec in testing.check_specs(path, papers.load_script(path)):
            yield path, spec


def test_every_claim_has_at_most_twenty_words_and_a_figure_that_exists():
    from evomod.papers.listing import find_figures

    known = set(find_figures())
    for path, spec in specs():
        assert len(spec.text.split()) <= 20, spec.text
        assert not spec.figure or spec.figure in known, (path, spec.figure)


def test_every_claim_of_an_experiment_asks_for_columns_that_it_has():
    for path, spec in specs():
        module = papers.load_script(path)
        if hasattr(module, "TABLE"):
            asked = {
                getattr(spec, name) for name in ("column", "through", "x", "y") if hasattr(spec, name)
            }
            assert asked <= set(getattr(module, "COLUMNS", ())), (path, spec.text)


def test_every_claim_of_version_0_1_stands_for_itself_for_another_or_was_deleted():
    page = papers.load_script(ROOT / "scripts" / "results_page.py")
    found, deleted = page.specifications()
    heirs = {(paper, was) for (paper, text), spec in found.items() for was in spec.was or (text,)}
    old = set(page.then())
    assert len(old) == 244 and old <= heirs | set(deleted) and not heirs & set(deleted)
    assert {(p, was) for (p, _), spec in found.items() for was in spec.was} <= old


def test_the_page_of_results_is_the_one_that_the_verdicts_make():
    page = papers.load_script(ROOT / "scripts" / "results_page.py")
    found = page.committed()
    assert page.PAGE.read_text(encoding="utf-8") == page.page(found)
    assert {(c.paper, c.claim) for c in found} == {(p.parent.name, s.text) for p, s in specs()}


def test_the_page_of_the_essay_is_the_one_that_the_verdicts_make():
    """Each source is about a claim that there is, so that no question is called unasked by a misspelt expression."""
    page = papers.load_script(ROOT / "scripts" / "essay_page.py")
    found = page.committed()
    assert page.PAGE.read_text(encoding="utf-8") == page.page(found)
    assert all(page.about(found, s.paper, s.expression) for _, sources in page.CLAIMS for s in sources)


def test_the_article_is_the_one_that_the_verdicts_make():
    page = papers.load_script(ROOT / "scripts" / "article_page.py")
    text = page.TEXT.read_text(encoding="utf-8")
    assert page.PAGE.read_text(encoding="utf-8") == page.page(text, page.ESSAY.committed())
    numbers = re.findall(r"[+-]0\.\d\d \[", re.sub(page.MARK, "", text))
    assert numbers == []  # none is typed


def test_a_sentence_of_the_article_that_says_another_verdict_is_refused():
    page = papers.load_script(ROOT / "scripts" / "article_page.py")
    found = page.ESSAY.committed()
    mark = "{{clune2013|^P&CC has the higher Q, weights -2|%s}}"
    claim = next(c for c in found if c.claim.startswith("P&CC has the higher Q, weights -2"))
    assert page.page(f"so {mark % 'holds'}.", found) == f"so {claim.effect}."
    with pytest.raises(EvomodError, match="is 'holds'; the text says 'reversed'"):
        page.page(mark % "reversed", found)
    with pytest.raises(EvomodError, match="finds 0 claims"):
        page.page("{{clune2013|^nothing like it|holds}}", found)
    with pytest.raises(EvomodError, match="no claim is found"):
        page.page("{{state|causes|^nothing like it}}", found)


def test_every_papers_text_shows_its_verdicts():
    collect = papers.load_script(ROOT / "scripts" / "collect.py")
    page = papers.load_script(ROOT / "scripts" / "results_page.py")
    for paper in page.PAPERS:
        mine = [claim for claim in page.committed() if claim.paper == paper]
        text = (ROOT / "scripts" / paper / collect.PAGES.get(paper, "PAPER.md")).read_text(
            encoding="utf-8"
        )
        assert claim_texts.as_markdown(mine) in text


def test_verdicts_of_tables_come_out_again(monkeypatch):
    """Of the papers whose tables are read in a second; `evomod verify` does all."""
    quick = (
        "mengistu2016/claims.py",
        "filan2021/claims.py",
        "causes/claims_fixed.py",
        "kashtan2005/claims.py",
    )
    paths = [p for p in verification.claim_scripts() if "/".join(p.parts[-2:]) in quick]
    monkeypatch.setattr(verification, "claim_scripts", lambda: paths)
    monkeypatch.chdir(ROOT / "scripts")
    found = verification.verify()
    assert len(found) > 80 and not verification.contradictions(found)


def verdict_of(monkeypatch, claim, committed, capsys):
    """The exit code of `evomod verify` where one claim is tested and one verdict committed."""
    monkeypatch.setattr(verification, "verify", lambda **given: [claim])
    monkeypatch.setattr(verification, "committed", lambda: committed)
    code = main(["verify"])
    return code, capsys.readouterr()


def test_the_command_exits_with_1_where_a_verdict_is_not_reproduced(monkeypatch, capsys):
    one = claim.Claim("p", "c", "n = 9", "delta +1", "t", "holds")
    code, told = verdict_of(monkeypatch, one, {("p", "c"): "holds"}, capsys)
    assert code == 0 and "HOLDS" in told.out and "All committed verdicts are reproduced." in told.err
    code, told = verdict_of(monkeypatch, one, {("p", "c"): "reversed"}, capsys)
    assert code == 1 and "p: c: committed is 'reversed', here 'holds'" in told.err
    code, told = verdict_of(monkeypatch, one, {}, capsys)
    assert code == 1 and "committed is 'none'" in told.err
    code, told = verdict_of(monkeypatch, one, {("p", "c"): "holds", ("p", "d"): "holds"}, capsys)
    assert code == 1 and "p: d: committed, but no claim" in told.err
    begun = replace(one, verdict="not complete")
    assert verdict_of(monkeypatch, begun, {("p", "c"): "holds"}, capsys)[0] == 0
    gone = replace(one, verdict="not run")
    assert verdict_of(monkeypatch, gone, {("p", "c"): "holds"}, capsys)[0] == 1
    assert (
        verdict_of(monkeypatch, gone, {("p", "c"): "made by 0.1"}, capsys)[0] == 0
    )  # neither is a verdict


def test_damaged_verdicts_are_said(monkeypatch, tmp_path):
    (tmp_path / "results" / "paper").mkdir(parents=True)
    monkeypatch.setattr(verification, "scripts_folder", lambda: tmp_path / "scripts")
    for text in ("{", "[1]", '[{"paper": "p"}]'):
        (tmp_path / "results" / "paper" / "claims.json").write_text(text)
        with pytest.raises(EvomodError, match=r"claims\.json does not hold verdicts"):
            verification.committed()


def test_committed_claims_name_no_place_of_a_machine():
    for path in (ROOT / "results").glob("*/claims.json"):
        assert not re.search(r"/(home|work|root|tmp)/", path.read_text(encoding="utf-8")), path
        assert {"paper", "claim", "effect", "verdict", "family"} <= set(json.loads(path.read_text())[0])


def wrong(source):
    return 3


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (Larger("c", column="bad", a="low", b="high", **ABOUT), "the claim 'c' fails.*ZeroDivisionError"),
        (PublishedShare("c", column="x", a="mostly", theirs=5, **ABOUT), "expected theirs to be a number and how many"),
        (Published("c", column="x", a="low", value="a", **ABOUT), "expected value to be a number"),
        (Published("c", column="x", a="low", value=0.3, ends=0.4, **ABOUT), "expected ends to be the lower"),
        (Trend("c", column="x", doses=["low"], **ABOUT), "expected doses to be numbers by treatment"),
        (Custom("c", test=wrong, of="low", **ABOUT), "expected of to be names of treatments"),
        (Custom("c", test=wrong, **ABOUT), "its test returned a int; expected a Measured"),
        (Larger("c", column="x", a="low", b=["high"], **ABOUT), "expected groups to be names of treatments"),
        (Larger("c", column="x", a="low", b="high", family="f", smallest="big"), "no smallest effect"),
        (Trend("c", column="x", doses={"low": "1"}, **ABOUT), "expected doses to be numbers"),
        (Above("c", column="x", a="low", bound="x", **ABOUT), "expected bound to be a number"),
        (Published("c", column="x", a="low", value=0.3, ends=(0.4, 0.2), **ABOUT), "expected ends to be the lower"),
        (PublishedShare("c", column="x", a="mostly", theirs=(5, 3), **ABOUT), "expected theirs to be a number and how many"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_claim_is_one_sentence(spec, said, tmp_path):
    own = module(spec)
    own.COLUMNS["bad"] = lambda table, group: 1 / 0
    with pytest.raises(EvomodError, match=said):
        testing.decide(tmp_path / "claims.py", own, Path("table.csv"), command="x")


def test_claims_that_are_no_list_are_refused(tmp_path):
    own = module()
    own.CLAIMS = Larger("c", column="x", a="low", b="high", **ABOUT)
    with pytest.raises(EvomodError, match="expected a list of claims"):
        testing.decide(tmp_path / "claims.py", own, Path("table.csv"), command="x")
