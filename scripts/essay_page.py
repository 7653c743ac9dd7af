"""Write docs/essay.md, what the essay on causes of modularity claims and what was found, from the committed verdicts.

python scripts/essay_page.py     # from results/*/claims.json; scripts/collect.py calls it
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple

from evomod.papers.claim import Claim
from evomod.papers.claim_texts import in_cell
from evomod.verdicts import VERDICTS

ROOT = Path(__file__).parent.parent
RESULTS, PAGE = ROOT / "results", ROOT / "docs" / "essay.md"

Sense = Literal["for", "against", "refutes", "either", "context"]


class Source(NamedTuple):
    """Claims that say something of a statement."""

    paper: str
    expression: str
    sense: Sense = "for"
    """What a claim says of the statement where it holds: for it, against it, or nothing by itself; "either" way of an effect is for it, and what
    "refutes" it where it holds says nothing of it where it is reversed."""


CAUSES = r"makes networks more modular(: higher Q than without pressure| than their connections explain)"
CLAIMS: tuple[tuple[str, tuple[Source, ...]], ...] = (
    (
        "Dropout causes modularity",
        (
            Source("filan2021", r"^with dropout networks are more clusterable"),
            Source("filan2021", r"^dropout, .*more clusterable", "context"),
            Source("benefits", r"^(clothes: )?dropout of 0.[25] makes more clusterable"),
            Source("lange2022", r"rises with dropout"),
            Source("lange2022", r"with dropout of 0\..* than with nothing"),
            Source("lange2022", r"^dropout raises functional modularity", "context"),
            Source("causes", r"^networks are more clusterable .* with more dropout"),
            Source("causes", rf"^dropout at 0.1 {CAUSES}"),
            Source("causes", r"^dropout of 0.1 makes networks more modular"),
            Source("causes", r"^with 28 to 32 connections dropout-10"),
            Source("causes", r"^[a-zA-Z, ]+: dropout raises Q"),
        ),
    ),
    (
        "Pruning of weights causes modularity",
        (
            Source("filan2021", r"^pruned networks are more clusterable"),
            Source("filan2021", r"^control, pruned: more clusterable", "context"),
            Source("benefits", r"^(clothes: )?pruning of .* makes more clusterable"),
            Source("causes", rf"^pruning {CAUSES}"),
            Source("causes", r"^with 28 to 32 connections pruning"),
            Source("causes", r"^[a-zA-Z, ]+: pruning raises Q"),
        ),
    ),
    (
        "L1 and L2 cause modularity",
        (
            Source("filan2021", r"^with L[12].* networks are more clusterable"),
            Source("filan2021", r"^(L1|L2.*), (not )?pruned: (more|less) clusterable", "context"),
            Source("benefits", r"^(clothes: )?L[12] of .* makes more clusterable"),
            Source("lange2022", r"rises with L[12]"),
            Source("achterberg2023", r"^L1 raises Q above|^Q rises with the strength of L1$"),
            Source("causes", rf"^(L1|L2) {CAUSES}"),
            Source("causes", r"^with 28 to 32 connections l[12]"),
            Source("causes", r"^[a-zA-Z, ]+: L[12] raises Q"),
        ),
    ),
    (
        "Goals that switch cause modularity",
        (
            Source("kashtan2005", r"MVG has the higher Q_m"),
            Source("parter2008", r"make circuits more modular \(Q_m\) than NBVG"),
            Source("parter2008", r"^NBVG makes circuits less modular", "context"),
            Source("causes", rf"^switching between related goals {CAUSES}"),
            Source("causes", r"^with 28 to 32 connections goal-switching"),
            Source("causes", r": goal switching raises Q"),
        ),
    ),
    (
        "A cost of connections causes modularity",
        (
            Source("clune2013", r"^P&CC has the higher Q( relative to|,|$)"),
            Source("clune2013", r"^with equal ties P&CC has a higher Q"),
            Source("mengistu2016", r"^P&CC \(.*more modular"),
            Source("liu2023", r"with length and swaps networks (have a higher Q|are more modular)"),
            Source("achterberg2023", r"^with length and communicability networks have a higher Q"),
            Source("achterberg2023", r"^Q of all"),
            Source("causes", rf"^a cost of connections {CAUSES}"),
            Source("causes", r"^with 28 to 32 connections connection-cost"),
            Source("causes", r"^retina, trained: L1 × length"),
            Source("causes", r": (a connection cost|a cost of gates) raises Q"),
        ),
    ),
    (
        "Modular networks adapt more easily",
        (
            Source("benefits", r"^copies adapt to"),
            Source("benefits", r"^pushing Q up instead", "context"),
            Source("causes", r"^within treatments, the higher Q, the sooner"),
            Source("causes", r"the part through higher Q makes copies adapt"),
            Source("benefits", r"the part through higher Q makes copies adapt"),
        ),
    ),
    (
        "Networks of goals that switch, or of a cost, advance rapidly on the next related goal",
        (
            Source("clune2013", r"^P&CC adapts in fewer generations, (AND to OR|OR to AND), weights -2"),
            Source("parter2008", r"new combination"),
            Source("causes", r"^networks of goals that switched adapt sooner"),
            Source("benefits", r"^copies of networks of goal switching"),
            Source("benefits", r"^copies of networks of pruning|^with Q pushed down", "context"),
        ),
    ),
    (
        "Modular networks make faster progress towards their own goal",
        (Source("benefits", r"^the higher Q at fitness 0.9"),),
    ),
    (
        "Modular networks do better on what they were never trained on",
        (
            Source("benefits", r"^networks .* patterns never shown than"),
            Source("benefits", r"^read-outs of"),
            Source("benefits", r"^within treatments, the higher Q"),
        ),
    ),
    (
        "Causes of modularity generalise because of modularity",
        (
            Source("benefits", r"the part through (clusterability|higher Q is right)"),
            Source("benefits", r"^modularity alone generalises"),
            Source("benefits", r"^clothes: .* gets more new pictures right than"),
            Source("benefits", r"^(clothes: )?of networks trained with nothing else"),
            Source("benefits", r"^what dropout of .* gains .* is less with clusterability held down"),
            Source("benefits", r"^with clusterability held down, dropout", "refutes"),
            Source("benefits", r"^held down, dropout", "context"),
            Source("benefits", r"^with .* more often on patterns never shown", "context"),
            Source("benefits", r"gets more new (digits|pictures) right$", "context"),
        ),
    ),
    (
        "Dropout sets specialisation against redundancy",
        (
            Source("causes", r"^modules are as specialised with dropout", "against"),
            Source("causes", r"^(modules are|modules stand in|more modules carry|a silent neuron)"),
        ),
    ),
    (
        "Without dropout networks become a tangle",
        (
            Source("causes", r"^networks are more clusterable .* with more dropout"),
            Source("causes", r"^modules are more specialised without", "against"),
        ),
    ),
    (
        "Redundant systems must be modular",
        (
            Source("causes", r"^networks whose modules stand in"),
            Source("causes", r"^dropout of 0.1 makes networks more modular relative"),
        ),
    ),
    (
        "Modular networks are made of specialists",
        (Source("causes", r"^more clusterable networks have more specialised"),),
    ),
    (
        "A modular solution that is not yet perfect loses its modularity",
        (
            Source("benefits", r"^of modular imperfect"),
            Source("causes", r"decays when it ends", "context"),
        ),
    ),
    (
        "Trained networks are more modular than at birth",
        (Source("filan2021", r"^a trained network"),),
    ),
    (
        "Pruning during training differs from pruning after it",
        (
            Source("benefits", r"^pruned .* wired at random at birth", "context"),
            Source("benefits", r"^pruned (while|half-way)", "either"),
        ),
    ),
    (
        "Dropout is a penalty of connections in disguise",
        (
            Source("causes", r"^with 28 to 32 connections dropout", "refutes"),
            Source("benefits", r"^weights are smaller with more dropout"),
        ),
    ),
    (
        "With dropout networks take more connections, as a hedge",
        (Source("causes", r"^networks of .* have more connections with dropout"),),
    ),
    (
        "Switching of goals is a penalty of connections in disguise",
        (Source("causes", r"^with 28 to 32 connections goal-switching", "refutes"),),
    ),
    (
        "Selection for adaptability makes networks modular",
        (
            Source("causes", r"^goal switching makes networks more modular", "context"),
            Source(
                "causes",
                r"sparser|sparseness does too|^networks (selected|of selection) .*adapt sooner|are perfect without",
                "context",
            ),
            Source(
                "causes",
                r"selection for adaptability|adaptability to a related goal|mutations ahead|^looking ahead",
            ),
        ),
    ),
    (
        "Large networks are modular without tricks",
        (Source("benefits", r"^without any trick|^the n-cut is further below"),),
    ),
    (
        "All modularity in biology comes from a cost of connections (in models: does it come where connections as such cost nothing?)",
        (Source("kashtan2005", r"^retina(, 7 inputs)?: MVG has the higher Q_m", "against"),),
    ),
)
"""What the essay or its readers say, in our words, and which claims are about it. Of a claim that two sources find the first counts."""

ANSWERS = ("for it", "against it", "no effect of interest", "undecided", "not run", "context")
"""What claims come to, of a statement. Context: what such a claim finds is neither for the statement nor against it."""
WORDS: dict[Sense, dict[str, str]] = {
    "for": {"holds": "for it", "reversed": "against it"},
    "against": {"holds": "against it", "reversed": "for it"},
    "refutes": {"holds": "against it", "reversed": "context"},
    "either": {"holds": "for it", "reversed": "for it"},
    "context": dict.fromkeys(VERDICTS, "context"),
}

BEGINNING = """# What makes networks modular, and is it good for them?

**In short.** On its own task a cost of connections does what its paper says, raw and relative to networks of the same degrees,
as the authors' program has it where it is built without TBB: there parents stay among equals without the cost, and chance decides with it.
With TBB offspring stay; which build was published is not known, and that rule is still to be run. Where chance decides in
both, all else equal, a cost still raises Q, by making networks sparse: relative to random networks of the same degrees, or of the same
degrees in every layer, there is no effect of interest ([every cause in one table](matrix.md)). Goals that switch make circuits and the
retina more modular than a fixed goal does, if they share subgoals: between goals that share none circuits do not become so. Side by side on the
retina, goals that switch and pruning make evolved networks more modular than their degrees explain; a cost of connections, L1, L2 and dropout of 0.1
do not (within layers, of a cost and of dropout, that is undecided). Networks of 28 to 32 connections that solve the task are modular without any
cause. In the study made for that switching and pruning add nothing of interest to it, and a cost, L1 and L2 lie below; runs with other seeds,
exploratory, have more with switching and pruning. Causes differ in how often they lead to such networks. In the retina trained by gradient L1, a cost of wiring
length and a term of the loss for clusters make networks more modular than their degrees explain, L2 and pruning raise Q, and dropout lowers it.

Is modularity good? Where Q alone is pushed, with the same founder and fitness and 28 to 32 connections, copies of the more modular network adapt
sooner to goals made of the same parts, and later to a goal that divides the inputs differently. So the essay is right about
related goals, and there is a price. Networks of goals that switched adapt sooner at a fixed size too; whether they still do when their Q is
pushed down is inconclusive. On patterns that selection never showed the advantage of high Q is small when it is pushed,
and large where it merely varies along with other things. Goal switching, pruning and a cost of connections generalise better than
no pressure, and by mediation through Q; dropout does not raise Q here, and whether it generalises better is undecided. In networks trained by gradient on few
digits dropout of 0.2 generalises (of 0.5 it harms), but not because of modularity: a term of the loss that makes networks far more or far less modular
has no effect of interest on new digits, dropout of 0.2 still gains with modularity held down, and wiring in blocks generalises slightly worse than
as much wiring at random. Selection for adaptability alone, without switching, one mutation ahead or five, makes networks sparser and raises raw Q, and adds
nothing of interest within layers; switching does. In trained networks dropout makes modules specialists of a subgoal, up to a rate of one half, and spares up to 0.6 (with 0.7 they no longer
learn); evolved networks that live with dropout have spare modules, and lose a tenth of what others lose with a neuron.

Connections that improve a modular network do lower its Q, as the essay says, but less than connections that make it worse do.

The table has every statement of the essay "Things that cause modularity in neural networks" and its readers, in our words, with how many of
the claims that were tested speak for it and against it; they stand below, a row a claim. A claim that does not bear on a statement by itself,
such as that a manipulation worked, is context. It is written by `scripts/essay_page.py` from the committed verdicts, as
[results.md](results.md) is, which has n, figures and commands; the rule of verdicts is in [statistics.md](statistics.md).
"""


def committed() -> list[Claim]:
    """The claims of all papers."""
    return [
        Claim(**row)
        for path in sorted(RESULTS.glob("*/claims.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def about(found: list[Claim], paper: str, expression: str) -> list[Claim]:
    """Claims of a paper whose text an expression finds."""
    return [c for c in found if c.paper == paper and re.search(expression, c.claim)]


def of_statement(found: list[Claim], sources: tuple[Source, ...]) -> list[tuple[Claim, Sense]]:
    """Claims about a statement, each once, with what they say of it where they hold."""
    mine: dict[tuple[str, str], tuple[Claim, Sense]] = {}
    for paper, expression, sense in sources:
        for claim in about(found, paper, expression):
            mine.setdefault((paper, claim.claim), (claim, sense))
    return list(mine.values())


def answer_of(claim: Claim, sense: Sense) -> str:
    """What a claim comes to, one of `ANSWERS`."""
    if claim.verdict not in VERDICTS:
        return "not run"
    default = claim.verdict if claim.verdict == "no effect of interest" else "undecided"
    return WORDS[sense].get(claim.verdict, default)


def counted(mine: list[tuple[Claim, Sense]]) -> list[str]:
    """How many claims come to each answer."""
    numbers = Counter(answer_of(*one) for one in mine)
    return [str(numbers[answer] or "") for answer in ANSWERS]


def rows_of(mine: list[tuple[Claim, Sense]]) -> list[str]:
    """A row a claim: those that speak for or against first."""
    ordered = sorted(mine, key=lambda one: ANSWERS.index(answer_of(*one)))
    return [
        f"| {in_cell(claim.claim)}{_status(claim)} | {_marked(claim.verdict)} | {claim.effect} | {answer_of(claim, sense)} |"
        for claim, sense in ordered
    ]


def _status(claim: Claim) -> str:
    return " (exploratory)" if claim.status == "exploratory" else ""


def _marked(verdict: str) -> str:
    return verdict if verdict == "holds" else f"**{verdict}**"


def page(found: list[Claim]) -> str:
    """The whole page."""
    of = {statement: of_statement(found, sources) for statement, sources in CLAIMS}
    head = [f"| the essay says | {' | '.join(ANSWERS)} |", f"|---|{'---|' * len(ANSWERS)}"]
    short = [f"| {statement} | {' | '.join(counted(mine))} |" for statement, mine in of.items()]
    lines = [BEGINNING, *head, *short, "", "## Claim by claim", ""]
    for statement, mine in of.items():
        lines += [
            f"**{statement}**",
            "",
            "| claim | verdict | effect, 95 % interval | of the statement |",
            "|---|---|---|---|",
        ]
        lines += [*rows_of(mine), ""]
    return "\n".join(lines)


def write(found: list[Claim]) -> None:
    """Write the page."""
    PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    write(committed())
    print(PAGE)
