"""Write scripts/causes/REPORT.md, the article, from its text scripts/causes/article.md and the committed verdicts.

    python scripts/article_page.py     # from results/*/claims.json; scripts/collect.py calls it

In the text ``{{paper|expression|verdict}}`` stands for the effect of the one claim that the expression finds. The verdict is what the
sentence around it says; where the committed one is another, nothing is written, for the sentence is wrong.
``{{state|paper|expression}}`` says what the claims wait for, ``{{table}}`` is the essay claim by claim.
"""

import re
from collections import Counter
from pathlib import Path

from evomod.errors import EvomodError
from evomod.papers.claim import Claim
from evomod.papers.claim_texts import in_cell
from evomod.papers.scripts import load_script
from evomod.verdicts import VERDICTS

FOLDER = Path(__file__).parent
TEXT, PAGE = FOLDER / "causes" / "article.md", FOLDER / "causes" / "REPORT.md"
ESSAY = load_script(FOLDER / "essay_page.py")
MARK = re.compile(r"\{\{(.+?)\}\}", re.S)


def page(text: str, found: list[Claim]) -> str:
    """The text with every mark replaced. Raises `EvomodError` that lists all sentences that are wrong."""
    wrong: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        try:
            return told(match.group(1), found)
        except EvomodError as error:
            wrong.append(str(error))
            return ""

    filled = MARK.sub(replaced, text)
    if wrong:
        raise EvomodError(f"{TEXT.name} does not agree with the verdicts:\n  " + "\n  ".join(wrong))
    return filled


def told(mark: str, found: list[Claim]) -> str:
    """What stands in the place of a mark."""
    kind, _, rest = mark.partition("|")
    if kind == "table":
        return table(found)
    if kind == "state":
        return state(ESSAY.about(found, *rest.split("|", 1)))
    expression, _, verdict = rest.rpartition("|")
    claims = ESSAY.about(found, kind, expression)
    if len(claims) != 1:
        raise EvomodError(f"{kind}: '{expression}' finds {len(claims)} claims; expected one.")
    if claims[0].verdict != verdict:
        raise EvomodError(
            f"{kind}: '{claims[0].claim}' is '{claims[0].verdict}'; the text says '{verdict}'."
        )
    return claims[0].effect or verdict


def state(claims: list[Claim]) -> str:
    """How many claims are decided, and what the others wait for. Raises `EvomodError` where there are none."""
    if not claims:
        raise EvomodError("a state is asked for, and no claim is found.")
    told = Counter(claim.verdict for claim in claims)
    parts = ", ".join(f"{number} {word}" for word, number in told.most_common())
    return f"Of {len(claims)} claims: {parts}."


def table(found: list[Claim]) -> str:
    """A row a statement of the essay: how many claims speak for it and against it, and the effect of the first that does."""
    rows = [f"| the essay says | {' | '.join(ESSAY.ANSWERS)} | for instance |"]
    rows += [f"|---|{'---|' * len(ESSAY.ANSWERS)}---|"]
    for statement, sources in ESSAY.CLAIMS:
        mine = ESSAY.of_statement(found, sources)
        told = [c for c, sense in mine if c.verdict in VERDICTS and sense != "context"]
        first = next(iter(told), None)
        shown = in_cell(f"{first.claim}: {first.verdict}, {first.effect}") if first else ""
        rows.append(f"| {statement} | {' | '.join(ESSAY.counted(mine))} | {shown} |")
    return "\n".join(rows)


def write(found: list[Claim]) -> None:
    """Write the article."""
    PAGE.write_text(page(TEXT.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    write(ESSAY.committed())
