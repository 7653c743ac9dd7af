"""What Liu, Gan & Tegmark (2023) show of networks that pay for the length of their connections, and the errors they print.

Declared before any network but those of seed 9001, of which two of independence were looked at. The paper shows single networks;
which measure and how much is our choice. Its errors are of one network each, which is taken to be a draw as ours are.
"""

from typing import Any

from evomod.papers.claims import LargerInPairs, PublishedMean
from evomod.scripts.liu2023 import formulas
from evomod.verdicts import DELTA

TABLE, COMMAND = formulas.TABLE, formulas.COMMAND
PUBLISHED = {"independence": 7.4e-3, "feature-sharing": 8.5e-5, "compositionality": 1.3e-3}
"""Mean squared errors on new points (titles of figures in the authors' program)."""
TWICE = 1.0
"""Of a ratio of errors: by half or by twice, for one network's is compared."""


def column(name):
    """Numbers of a formula and way, such as "independence/all", by seed."""

    def values(path, group):
        return formulas.column_of(formulas.groups_of(formulas.read(path)), name, *group.split("/"))

    return values


COLUMNS = {name: column(name) for name in formulas.NUMBERS}


def runs_of(path, group):
    """Networks of a formula and way, and how many were declared."""
    return len(COLUMNS["active"](path, group)), formulas.FORMULAS[group.split("/")[0]].networks


LABELS = {f"{formula}/{way}": words for formula in formulas.FORMULAS for way, words in formulas.WAYS.items()}  # fmt: skip
ABOUT: dict[str, Any] = {"figure": "liu2023-formulas"}


def larger(text, column, a, b, family):
    """A claim of networks in pairs: the same points and birth."""
    return LargerInPairs(text, column=column, a=a, b=b, family=family, smallest=DELTA, **ABOUT)


def of_formula(name):
    """What is claimed of every formula."""
    ways = {way: f"{name}/{way}" for way in formulas.WAYS}
    words = name.replace("-", " ")
    return [
        larger(f"{words}: with length and swaps networks have a higher Q than with nothing", "q_score", ways["all"], ways["none"], "Q"),
        larger(f"{words}: with length and swaps networks have a higher Q than with L1 alone", "q_score", ways["all"], ways["l1"], "Q"),
        larger(
            f"{words}: with length and swaps networks are more modular than with L1 alone relative to nulls within layers (z)",
            "q_z_layered", ways["all"], ways["l1"], "beyond sparseness",
        ),
        larger(f"{words}: swaps shorten the wiring beyond what length alone does", "wiring_length", ways["l1-local"], ways["all"], "wiring"),
        larger(
            f"{words}: with length and swaps networks are nearer to the truth on new points than with nothing", "test_error",
            ways["none"], ways["all"], "new points",
        ),
        PublishedMean(
            f"{words}: squared error on new points {PUBLISHED[name]:.2g}", column="test_error", a=ways["all"], value=PUBLISHED[name],
            error=None, n=1, as_ratio=True, family="published", smallest=TWICE, **ABOUT,
        ),
    ]  # fmt: skip


CLAIMS = [
    *(
        larger(
            f"independence: with length and swaps less goes to the wrong output than with {formulas.WAYS[way]}", "leak",
            f"independence/{way}", "independence/all", "apart",
        )
        for way in ("none", "l1", "l1-local")
    ),
    *(claim for name in formulas.FORMULAS for claim in of_formula(name)),
]  # fmt: skip
