"""Lexicase selection: parents filtered by one case after the other, in a random order each."""

from __future__ import annotations

from evomod.kernels import compiled, uniform


@compiled
def choose(right, members, starts, rng, places, left, parents):
    """Draw every parent.

    ``right[kind, case]``: which cases are right of individuals that agree in all; ``members[starts[k]:starts[k + 1]]``
    are those of kind k. ``places``: the cases in any order, shuffled here; ``left``: room for all kinds. A draw a
    case that is looked at, then one for the member.
    """
    n_kinds, n_cases = right.shape
    for p in range(parents.size):
        n = n_kinds
        for k in range(n_kinds):
            left[k] = k
        c = 0
        while n > 1 and c < n_cases:
            other = c + int(uniform(rng) * (n_cases - c))
            case = places[other]
            places[other] = places[c]
            places[c] = case
            c += 1
            kept = 0
            for k in range(n):
                kind = left[k]
                left[k] = left[kept]  # swapped, so that nobody is lost where all are wrong
                left[kept] = kind
                kept += right[kind, case]
            if kept > 0:
                n = kept
        first = starts[left[0]]  # kinds differ in some case, so one is left
        parents[p] = members[first + int(uniform(rng) * (starts[left[0] + 1] - first))]
