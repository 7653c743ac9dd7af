"""Lexicase selection (Spector 2012; Helmuth et al. 2015): parents are filtered by one case after the other.

Place in the loop: parents. A case is an output for an input pattern, right or wrong. For every parent the cases come
in a new random order; at each, those that are wrong are out, unless all are. Of those that are left after the last
case, which are right in the same cases, one is drawn. Offspring replace all individuals; nobody survives.
What else changes the fitness, a price of size (``network.penalty``) too, it does not see.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evomod.kernels import lexicase as kernels
from evomod.kernels import pointer_to
from evomod.sections import MethodSection
from evomod.selections.base import Candidates, Rows, Selection


def breed(candidates: Candidates, section: MethodSection, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """As many parents as individuals."""
    return np.empty(0, np.int64), choose(candidates.view.right, candidates.size, rng)


def choose(cases: NDArray[np.bool_], number: int, rng: np.random.Generator) -> Rows:
    """``number`` parents by the cases ``[individual, case]`` that they are right in."""
    padded = np.pad(cases, ((0, 0), (1, 0)))  # a byte even where there is no case
    packed = np.ascontiguousarray(np.packbits(padded, axis=1))
    rows = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, kinds, member = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(member, kind="stable")
    starts = np.searchsorted(member[order], np.arange(kinds.size + 1))
    table = np.ascontiguousarray(cases[kinds]).view(np.uint8)
    parents, space = np.empty(number, np.int64), np.empty(kinds.size, np.int64)
    places = np.arange(cases.shape[1])
    kernels.choose(table, order, starts, pointer_to(rng), places, space, parents)
    return parents


SELECTION = Selection("lexicase", breed, sees="outputs")
