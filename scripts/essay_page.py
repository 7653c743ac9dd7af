"""Write docs/essay.md, what the essay on causes of modularity claims and what was found, from the committed verdicts.

python scripts/essay_page.py     # from results/*/claims.json; scripts/collect.py calls it
"""

import json
import re
from pathlib import Path
from typing import Any

from evomod.papers.claim import Claim
from evomod.papers.claim_texts import in_cell
from evomod.verdicts import VERDICTS

ROOT = Path(__file__).parent.parent
RESULTS, PAGE = ROOT / "results", ROOT / "docs" / "essay.md"

CAUSES = r"makes networks more modular than their connections explain"
CLAIMS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Dropout causes modularity",
        (
            ("filan2021", r"^dropout, .*more clusterable"),
            ("benefits", r"^(clothes: )?dropout of 0.[25] makes more clusterable"),
            ("lange2022", r"upstream\) rises with dropout"),
            ("causes", r"^networks are more clusterable .* with more dropout"),
            ("causes", rf"^dropout at 0.1 {CAUSES}"),
        ),
    ),
    (
        "Pruning of weights causes modularity",
        (
            ("filan2021", r"^control, pruned: more clusterable"),
            ("benefits", r"^(clothes: )?pruning of .* makes more clusterable"),
            ("causes", rf"^pruning {CAUSES}"),
        ),
    ),
    (
        "L1 and L2 cause modularity",
        (
            ("filan2021", r"^(L1|L2.*), (not )?pruned: (more|less) clusterable"),
            ("benefits", r"^(clothes: )?L[12] of .* makes more clusterable"),
            ("lange2022", r"upstream\) rises with L[12]"),
            ("causes", rf"^(L1|L2) {CAUSES}"),
        ),
    ),
    (
        "Goals that switch cause modularity",
        (
            ("kashtan2005", r"MVG has the higher Q_m"),
            ("parter2008", r"NBVG"),
            ("causes", rf"^switching between related goals {CAUSES}"),
        ),
    ),
    (
        "A cost of connections causes modularity",
        (
            ("clune2013", r"^P&CC has the higher Q( relative to|,|$)"),
            ("clune2013", r"^with equal ties P&CC has a higher Q"),
            ("mengistu2016", r"more modular"),
            ("liu2023", r"with length and swaps networks (have a higher Q|are more modular)"),
            ("achterberg2023", r"^with length and communicability networks have a higher Q"),
            ("causes", rf"^a cost of connections {CAUSES}"),
        ),
    ),
    (
        "Modular networks adapt more easily",
        (
            ("benefits", r"^copies adapt to"),
            ("benefits", r"^pushing Q up instead"),
            ("causes", r"^within treatments, the higher Q, the sooner|because of higher Q"),
        ),
    ),
    (
        "Networks of goals that switch, or of a cost, advance rapidly on the next related goal",
        (
            ("clune2013", r"^P&CC adapts in fewer generations, (AND to OR|OR to AND), weights -2"),
            ("parter2008", r"new combination"),
            ("causes", r"^networks of goals that switched adapt sooner"),
            ("benefits", r"^copies of networks of|^with Q pushed down"),
        ),
    ),
    (
        "Modular networks make faster progress towards their own goal",
        (("benefits", r"^the higher Q at fitness 0.9"),),
    ),
    (
        "Modular networks do better on what they were never trained on",
        (
            ("benefits", r"patterns never shown (than|$)|pushed to high Q are right"),
            ("benefits", r"^read-outs of"),
            ("benefits", r"^within treatments, the higher Q"),
        ),
    ),
    (
        "Causes of modularity generalise because of modularity",
        (
            ("benefits", r"^with .* more often on patterns never shown"),
            ("benefits", r"because of higher Q"),
            ("benefits", r"gets more new (digits|pictures) right$"),
            ("benefits", r"because of a more clusterable network"),
            (
                "benefits",
                r"^modularity alone generalises|^clothes: .* gets more new pictures right than",
            ),
            ("benefits", r"^(clothes: )?of networks trained with nothing else"),
            ("benefits", r"held down"),
        ),
    ),
    (
        "Dropout sets specialisation against redundancy",
        (("causes", r"^(modules are|modules stand in|more modules carry|a silent neuron)"),),
    ),
    (
        "Without dropout networks become a tangle",
        (
            (
                "causes",
                r"^modules are more specialised without|^networks are more clusterable .* with more dropout",
            ),
        ),
    ),
    (
        "Redundant systems must be modular",
        (
            (
                "causes",
                r"^networks whose modules stand in|^dropout of 0.1 makes networks more modular relative",
            ),
        ),
    ),
    (
        "Modular networks are made of specialists",
        (("causes", r"^more clusterable networks have more specialised"),),
    ),
    (
        "A modular solution that is not yet perfect loses its modularity",
        (("benefits", r"^of modular imperfect"), ("causes", r"decays when it ends")),
    ),
    ("Trained networks are more modular than at birth", (("filan2021", r"^a trained network"),)),
    (
        "Pruning during training differs from pruning after it",
        (("benefits", r"^pruned (while|half-way)"),),
    ),
    (
        "Dropout is a penalty of connections in disguise",
        (
            ("causes", r"^with 28 to 32 connections dropout"),
            ("benefits", r"^weights are smaller with more dropout"),
        ),
    ),
    (
        "With dropout networks take more connections, as a hedge",
        (("causes", r"^networks of .* have more connections with dropout"),),
    ),
    (
        "Switching of goals is a penalty of connections in disguise",
        (("causes", r"^with 28 to 32 connections goal-switching"),),
    ),
    (
        "Selection for adaptability makes networks modular",
        (
            (
                "causes",
                r"selection for adaptability|adaptability to a related goal|selected for adaptability|mutations ahead|^looking ahead",
            ),
        ),
    ),
    (
        "Large networks are modular without tricks",
        (("benefits", r"^without any trick|^the n-cut is further below"),),
    ),
    (
        "All modularity in biology comes from a cost of connections (in models: does it come where connections cost nothing?)",
        (("kashtan2005", r"^retina(, 7 inputs)?: MVG has the higher Q_m"),),
    ),
)
"""What the essay or its readers say, in our words, and which claims are about it: paper, expression."""

BEGINNING = """# What makes networks modular, and is it good for them?

**In short.** On its own task a cost of connections does what its paper says, raw and relative to networks of the same degrees,
as the authors' program has it: there parents stay among equals without the cost, and chance decides with it. Where chance decides in
both, all else equal, a cost still raises Q, by making networks sparse: relative to random networks of the same degrees, or of the same
degrees in every layer, there is no effect of interest ([every cause in one table](matrix.md)). Goals that switch make circuits and the
retina more modular than a fixed goal does, if they share subgoals: between goals that share none circuits do not become so. Side by side on the
retina, goals that switch and pruning make evolved networks more modular than their degrees explain; L1 and L2 do not, and of a cost and
dropout it is not shown. Networks of 28 to 32 connections that solve the task are modular without any cause, and whether one adds to it is undecided:
causes differ in how often they lead to such networks. In the retina trained by gradient L1, a cost of wiring length and a term of the loss for clusters make
networks more modular than their degrees explain, L2 and pruning raise Q, and dropout lowers it.

Is modularity good? Where Q alone is pushed, with the same founder and fitness and 28 to 32 connections, copies of the more modular network adapt
sooner to goals made of the same parts, and later to a goal that divides the inputs differently. So the essay is right about
related goals, and there is a price. Networks of goals that switched adapt sooner at a fixed size too; whether they still do when their Q is
pushed down is inconclusive. On patterns that selection never showed the advantage of high Q is small when it is pushed,
and large where it merely varies along with other things. Goal switching, pruning and a cost of connections generalise better than
no pressure, and by mediation through Q; dropout does not raise Q here, and whether it generalises better is undecided. In networks trained by gradient on few
digits dropout generalises, but not because of modularity: a term of the loss that makes networks far more or far less modular
has no effect of interest on new digits, dropout still gains with modularity held down, and wiring in blocks generalises slightly worse than
as much wiring at random. Selection for adaptability alone, without switching, one mutation ahead or five, makes networks sparser and raises raw Q, and adds
nothing of interest within layers; switching does. In trained networks dropout makes modules specialists of a subgoal, up to a rate of one half, and spares at any rate; evolved
networks that live with dropout have spare modules, and lose a tenth of what others lose with a neuron.

Connections that improve a modular network do lower its Q, as the essay says, but less than connections that make it worse do.

The table has every claim of the essay "Things that cause modularity in neural networks" and its readers, in our words, with what
was found. It is written by `scripts/essay_page.py` from the committed verdicts, as [results.md](results.md) is, which has n,
figures and commands; the rule of verdicts is in [statistics.md](statistics.md).
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


def of_statement(found: list[Claim], sources: tuple[tuple[str, str], ...]) -> list[Claim]:
    """Claims about a statement, each once."""
    mine: dict[str, Any] = {}
    for paper, expression in sources:
        mine |= {f"{paper} {c.claim}": c for c in about(found, paper, expression)}
    return list(mine.values())


def row_of(statement: str, mine: list[Claim]) -> str:
    """A row: the verdicts with their effects; what was not asked or not run is said once."""
    told = [c for c in mine if c.verdict in VERDICTS]
    parts = [f"{c.claim}{_status(c)}: {_marked(c.verdict)}{_effect(c)}" for c in told]
    waiting: dict[str, int] = {}
    for claim in mine:
        if claim not in told:
            waiting[claim.verdict] = waiting.get(claim.verdict, 0) + 1
    parts += [f"{number} {'more ' if told else ''}{word}" for word, number in waiting.items()]
    cell = "<br>".join(map(in_cell, parts)) or "not asked here"
    return f"| {statement} | {cell} |"


def _status(claim: Claim) -> str:
    return " (exploratory)" if claim.status == "exploratory" else ""


def _marked(verdict: str) -> str:
    return verdict if verdict == "holds" else f"**{verdict}**"


def _effect(claim: Claim) -> str:
    return f", {claim.effect}" if claim.effect else ""


def page(found: list[Claim]) -> str:
    """The whole page."""
    rows = []
    for statement, sources in CLAIMS:
        rows.append(row_of(statement, of_statement(found, sources)))
    head = ["| the essay says | found here |", "|---|---|"]
    return "\n".join([BEGINNING, *head, *rows, ""])


def write(found: list[Claim]) -> None:
    """Write the page."""
    PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    write(committed())
    print(PAGE)
