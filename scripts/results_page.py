"""docs/results.md: every claim in a row, and which verdicts changed against version 0.1.

python scripts/results_page.py     # from the committed verdicts; scripts/collect.py writes it as well
"""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from evomod.papers.claim import OLD, Claim, Spec
from evomod.papers.claim_texts import counted, in_cell
from evomod.papers.places import study_places
from evomod.papers.scripts import load_script
from evomod.papers.testing import check_specs
from evomod.papers.verification import claim_scripts
from evomod.verdicts import BAND, DELTA, SHARE, STATES, VERDICTS

SCRIPTS = Path(__file__).parent
RESULTS = SCRIPTS.parent / "results"
PAGE = SCRIPTS.parent / "docs" / "results.md"
THEN = RESULTS / "verdicts-0.1.json"
PAPERS = {
    "clune2013": "Clune, Mouret & Lipson 2013",
    "mengistu2016": "Mengistu, Huizinga, Mouret & Clune 2016",
    "kashtan2005": "Kashtan & Alon 2005",
    "kashtan2007": "Kashtan, Noor & Alon 2007",
    "huizinga2014": "Huizinga, Mouret & Clune 2014",
    "parter2008": "Parter, Kashtan & Alon 2008",
    "friedlander2013": "Friedlander, Mayo, Tlusty & Alon 2013",
    "husken2002": "Hüsken, Igel & Toussaint 2002",
    "bernatskiy2015": "Bernatskiy & Bongard 2015",
    "ellefsen2015": "Ellefsen, Mouret & Clune 2015",
    "espinosasoto2010": "Espinosa-Soto & Wagner 2010",
    "filan2021": "Filan et al. 2021",
    "lange2022": "Lange, Rolnick & Kording 2022",
    "liu2023": "Liu, Gan & Tegmark 2023",
    "achterberg2023": "Achterberg et al. 2023",
    "causes": "The essay on causes of modularity",
    "benefits": "The essay on what modularity is good for",
}
TEXTS = {"causes": "SUPPLEMENT.md"}
GOALS = "goals, not runs, are the unit of a claim about goals"
ANEW = "another table: run again with the authors' births"
WHY = {  # then, now: why
    (
        "fails",
        "inconclusive",
    ): "no evidence of an effect is no evidence of none: the interval holds effects of interest",
    (
        "fails",
        "no effect of interest",
    ): "the interval excludes effects of interest, which says more than that it fails",
    ("fails", "reversed"): "the effect is there, in the other direction",
    ("fails", "differs"): "the same finding in another word",
    ("fails", "holds"): "the equivalence band or the family is declared now",
    ("cannot tell", "holds"): "the question can be answered as it is asked now",
    ("cannot tell", "inconclusive"): "the same finding in another word",
    ("cannot tell", "differs"): "the interval of the ratio lies outside the equivalence band",
    ("cannot tell", "reversed"): "the interval decides it",
    ("cannot tell", "no effect of interest"): "the interval excludes effects of interest",
    ("holds", "inconclusive"): "an equivalence, or a corrected family, requires more than was shown",
    ("holds", "differs"): "intervals that overlap are no agreement: the ratio lies outside the band",
    ("holds", "no effect of interest"): "the effect is smaller than any of interest",
}
STATE = {
    "made by 0.1": "networks were born too sparse: to be run again",
    "not complete": "run again with the authors' births; the declared number of runs is not reached yet",
    "not run": "another protocol, or other settings than the committed run: to be run",
}


HEAD = (
    "| claim | effect, 95 % interval | n | verdict | independent replication | figure |\n"
    "|---|---|---|---|---|---|"
)


def specifications():
    """``{(paper, claim): specification}`` and ``{(paper, claim of 0.1): reason}`` of those that were deleted."""
    specs: dict[tuple[str, str], Spec] = {}
    deleted: dict[tuple[str, str], str] = {}
    for path in claim_scripts():
        module, paper = load_script(path), path.parent.name
        specs |= {(paper, spec.text): spec for spec in check_specs(path, module)}
        deleted |= {(paper, text): why for text, why in getattr(module, "DELETED", {}).items()}
    return specs, deleted


def committed():
    """The committed claims."""
    paths = [RESULTS / paper / "claims.json" for paper in PAPERS]
    return [Claim(**row) for path in paths for row in json.loads(path.read_text(encoding="utf-8"))]


def then():
    """Version 0.1's verdicts by paper and claim."""
    rows = json.loads(THEN.read_text(encoding="utf-8"))
    return {(row["paper"], row["claim"]): row["verdict"] for row in rows}


def changes(found):
    """Rows of verdicts that changed: paper, claim, then, now, why. Every claim of version 0.1 is in one place."""
    specs, deleted = specifications()
    now = {(claim.paper, claim.claim): claim for claim in found}
    old, rows = then(), []
    heirs: dict[Any, list[Any]] = {}
    for (paper, text), spec in specs.items():
        for was in spec.was or (text,):
            heirs.setdefault((paper, was), []).append(now[paper, text])
    for (paper, text), verdict in old.items():
        if (paper, text) in deleted:
            rows.append((paper, text, verdict, "not asked", deleted[paper, text]))
            continue
        for claim in heirs[paper, text]:
            if claim.verdict != verdict:
                rows.append((paper, claim.claim, verdict, claim.verdict, reason(claim, verdict)))
    return rows


def reason(claim, verdict):
    """Why a verdict is another one."""
    if claim.verdict in STATES:
        return STATE[claim.verdict]
    if claim.paper == "kashtan2007" and "over goals" in claim.test:
        return GOALS
    if is_made_anew(claim.command):
        return ANEW
    return WHY[verdict, claim.verdict]


@cache
def is_made_anew(command):
    """Whether the committed table behind a claim is no longer that of version 0.1; of studies alone."""
    found = re.fullmatch(r"evomod study scripts/(\w+)/(\S+)", command)
    if found is None:
        return False
    _, *committed_places = study_places(SCRIPTS / found[1] / "claims.py", found[2])
    manifest = next(p / "manifest.json" for p in committed_places if (p / "manifest.json").exists())
    versions = json.loads(manifest.read_text(encoding="utf-8"))["versions"]
    return not versions["evomod"].startswith(OLD)


def interest(smallest, effect):
    """The smallest effect of interest, where it is not the usual one of its kind.

    >>> interest(0.02, "ratio 0.99 [0.98, 1.1]"), interest(0.33, "delta +0.1 [-0.1, +0.3]"), interest(0.1, "+4 [-9, +9] percentage points")
    (' (of interest: 2 %)', '', ' (of interest: 10)')
    """
    kind = effect.split(" ")[0]
    if kind == "difference":
        return f" (of interest: {smallest:g})"
    if kind == "ratio":
        return "" if smallest == BAND else f" (of interest: {100.0 * smallest:.3g} %)"
    if effect.endswith("percentage points"):
        return "" if smallest == SHARE else f" (of interest: {100.0 * smallest:g})"
    return "" if smallest == DELTA else f" (of interest: {smallest:g})"


def row_of(claim, smallest):
    """A row of the table of a study; ``smallest``: effect of interest."""
    text = in_cell(claim.claim) + ("" if claim.status == "claim" else f" ({claim.status})")
    is_told = claim.verdict in VERDICTS
    shown = claim.verdict if claim.verdict == "holds" else f"**{claim.verdict}**"
    effect = f"{claim.effect}{interest(smallest, claim.effect)}" if is_told and claim.effect else ""
    n = numbers(claim.found) if is_told else progress(claim.test)
    return f"| {text} | {effect} | {n} | {shown} | {claim.replication} | {picture(claim)} |"


def numbers(text):
    """What the effect is of: goals, or every n of a text and what a share is of.

    >>> numbers("PA 3, n = 33; P&CC 26/34 (76%)"), numbers("7 goals; medians FG 5, n = 7")
    ('33, 34', '7 goals')
    >>> numbers("MVG solved 30/30 (100%), given solved 95 [82, 134.5], n = 30; FG solved 4/31 (13%), given solved 6, n = 4")
    '30, 31'
    """
    goals = re.search(r"\d+ goals", text)
    if goals:
        return goals[0]
    compared = re.sub(r"given solved .*?n = \d+", "", text)  # those that were not solved count as well
    found = re.findall(r"n = (\d+)|\d/(\d+) \(", compared)
    return ", ".join(dict.fromkeys(next(filter(None, groups)) for groups in found))


def progress(text):
    """How far a study is, of the text of a test that waits.

    >>> progress("none yet: 33 of 50 runs of pa, 34 of 50 runs of pcc")
    '33 of 50'
    """
    found = re.search(r"\d+ of \d+", text)
    return found[0] if found else ""


def picture(claim):
    """A claim's figure, linked to its committed picture if there is one; of the other selection of 2007 to its own."""
    name, is_other = claim.figure, "K&A's selection" in claim.claim
    paper, _, stem = name.partition("-")
    pictures = [
        *(RESULTS / paper).rglob(f"{stem or paper}.png"),
        *(RESULTS / paper).rglob(f"{name}.png"),
    ]
    found = sorted(pictures, key=lambda path: (("elite" in path.parts) != is_other, len(path.parts)))
    if not found:
        return f"`{name}`" if name else ""
    return f"[{name}](../results/{found[0].relative_to(RESULTS)})"


def page(found):
    """The whole page."""
    lines = [
        "# What was claimed, and what came of it",
        "",
        "Written by `scripts/results_page.py` from the committed verdicts; the rules are in "
        "[statistics.md](statistics.md). `evomod verify` tests every row again on the committed tables and exits with 1 "
        "where a verdict comes out otherwise. `evomod figure NAME` draws the figure of a row. A row without a mark is a "
        "claim of the paper, *ours* a question that the paper does not ask, *exploratory* one that was asked after a look "
        "at the results. Where an interval lies beyond 0 and the verdict is inconclusive, p of its family is 0.05 or more: the "
        "p-values are on each paper's page. Of a difference, and where it is not the usual one, the smallest effect of interest stands behind the "
        "interval. n is the number of runs (or goals, or networks) compared, unsolved ones too.",
        "",
        f"**Verdicts of {len(found)} claims: {counted(found)}.**",
        "",
    ]
    specs, _ = specifications()
    for paper, title in PAPERS.items():
        mine = [claim for claim in found if claim.paper == paper]
        text = TEXTS.get(paper, "PAPER.md")
        lines += [
            f"## {title}",
            "",
            f"{counted(mine)}. Parameters and protocol: [{text}](../scripts/{paper}/{text}).",
            "",
        ]
        for command in dict.fromkeys(claim.command for claim in mine):
            lines += [f"`{command}`", "", HEAD]
            rows = [claim for claim in mine if claim.command == command]
            lines += [*(row_of(claim, specs[paper, claim.claim].smallest) for claim in rows), ""]
    return "\n".join([*lines, *then_and_now(found), ""])


def then_and_now(found):
    """The table of changes, rows that differ in nothing but the claim under one head."""
    rows = changes(found)
    before, counts = Counter(then().values()), Counter((row[2], row[3]) for row in rows)
    lines = [
        "## Then and now",
        "",
        f"Version 0.1 had {sum(before.values())} claims: "
        + ", ".join(f"{number} {word}" for word, number in before.most_common())
        + '. It said "fails" of too little evidence as well. What changed:',
        "",
        "| then | now | claims |",
        "|---|---|---|",
        *(f"| {a} | {b} | {number} |" for (a, b), number in sorted(counts.items())),
        "",
        "| paper | claim | then | now | why |",
        "|---|---|---|---|---|",
    ]
    return lines + [f"| {paper} | {text} | {a} | {b} | {why} |" for paper, text, a, b, why in rows]


def write(found):
    """Write the page."""
    order = list(PAPERS)
    PAGE.write_text(page(sorted(found, key=lambda claim: order.index(claim.paper))), encoding="utf-8")


if __name__ == "__main__":
    write(committed())
    print(PAGE)
