"""Which rule for ties, and which column of Q, the recalled numbers of Clune, Mouret & Lipson (2013) agree with.

Asked after the authors' program had been read, so exploratory: which column of its statistics file the paper plots, and how
the published runs broke ties, is not known. Columns: Q of the logged network, and of all networks that tie for best their
mean, median, least and largest.
"""

from evomod.papers.claims import Published
from evomod.verdicts import BAND

STUDY = "study_ties.toml"
QUICK = {"replicates": 5, "settings": ["evolution.generations=300", "evolution.population=300"]}
ARMS = {  # of study_ties.toml: label, whether with a cost
    "pa-offspring": ("PA, offspring first", False),
    "pa-random": ("PA, ties at random", False),
    "pa-step": ("PA, biases by a step", False),
    "pa-binary-offspring": ("PA, offspring first, weights 2 -1 1 2", False),
    "pa-binary-random": ("PA, ties at random, weights 2 -1 1 2", False),
    "pcc-parents": ("P&CC, parents first", True),
    "pcc-step": ("P&CC, biases by a step", True),
    "pcc-binary-parents": ("P&CC, parents first, weights 2 -1 1 2", True),
}
Q = {
    "q_score": "the logged network",
    "tied_q_mean": "mean of ties",
    "tied_q_median": "median of ties",
    "tied_q_least": "least of ties",
    "tied_q_largest": "largest of ties",
}
PUBLISHED = {False: (0.18, (0.16, 0.19)), True: (0.42, (0.25, 0.45))}
PERFORMANCE = {False: (0.98, (0.97, 0.98)), True: (1.0, None)}


def of_arm(name, label, has_cost):
    """Q by every column, and performance."""
    value, ends = PUBLISHED[has_cost]
    best, best_ends = PERFORMANCE[has_cost]
    about = {"a": name, "status": "exploratory", "figure": "clune2013-ties"}
    return [
        *(
            Published(
                f"{label}: Q of {words} is {value:g} (recalled)", column=column, value=value, ends=ends,
                family="which rule and column", smallest=BAND, **about,
            )
            for column, words in Q.items()
        ),
        Published(
            f"{label}: performance is {best:g} (recalled)", column="best_fitness", value=best, ends=best_ends,
            family="which rule, performance", smallest=0.01, **about,
        ),
    ]  # fmt: skip


CLAIMS = [claim for name, about in ARMS.items() for claim in of_arm(name, *about)]
