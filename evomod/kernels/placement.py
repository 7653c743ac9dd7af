"""Wiring length with nodes at their best places (Clune et al. 2013, after Chklovskii 2004)."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined


@inlined
def build(working, i, source, target, is_fixed, positions, matrix, pull):
    """Fill Laplacian ``matrix`` and right side ``pull`` of the free nodes; returns the constant part."""
    constant = 0.0
    for a in range(is_fixed.size):
        pull[a, 0] = pull[a, 1] = 0.0
        for b in range(is_fixed.size):
            matrix[a, b] = 0.0
    for edge in range(source.size):
        if working[i, edge] == 0:
            continue
        a, b = source[edge], target[edge]
        if is_fixed[a] and is_fixed[b]:
            for axis in range(2):
                apart = positions[a, axis] - positions[b, axis]
                constant += apart * apart
        elif is_fixed[a] or is_fixed[b]:
            free, fixed = (b, a) if is_fixed[a] else (a, b)
            matrix[free, free] += 1.0
            for axis in range(2):
                pull[free, axis] += positions[fixed, axis]
                constant += positions[fixed, axis] * positions[fixed, axis]
        else:
            matrix[a, a] += 1.0
            matrix[b, b] += 1.0
            matrix[a, b] -= 1.0
            matrix[b, a] -= 1.0
    return constant


@inlined
def least_energy(matrix, pull, constant, is_fixed, partner):
    """Minimum over the free nodes of the quadratic energy: constant - pull' matrix^-1 pull.

    Elimination in node order, nodes of one layer first, so that only few entries fill in; the energy
    needs no back substitution. ``partner[node]`` is work space.
    """
    n = is_fixed.size
    for a in range(n):
        pivot = matrix[a, a]
        if is_fixed[a] or pivot == 0.0:
            continue
        n_partners = 0
        for b in range(a + 1, n):
            if matrix[a, b] != 0.0:
                partner[n_partners] = b
                n_partners += 1
        constant -= (pull[a, 0] * pull[a, 0] + pull[a, 1] * pull[a, 1]) / pivot
        for k in range(n_partners):
            b = partner[k]
            factor = matrix[a, b] / pivot
            pull[b, 0] -= factor * pull[a, 0]
            pull[b, 1] -= factor * pull[a, 1]
            for m in range(k, n_partners):
                matrix[b, partner[m]] -= factor * matrix[a, partner[m]]
    return constant


@compiled
def wiring_length(
    working, ancestors, source, target, is_fixed, positions, matrix, pull, partner, length
):
    """Write each network's least summed squared length of connections, x and y of hidden nodes free.

    ``ancestors[i]`` is the row of the parent, whose length is copied where the connections are the
    same (or -1). Lengths are rounded to 2**-20, far above the rounding noise of the elimination and
    far below a real difference, so that mirror images tie on every machine. Work space: ``matrix[node,
    node]``, ``pull[node, axis]``, ``partner[node]``.
    """
    for i in range(working.shape[0]):
        parent = ancestors[i]
        if parent == i:
            continue
        differ = 0
        if parent >= 0:
            for edge in range(working.shape[1]):  # to the end: the compiler compares many at once
                differ |= (working[i, edge] != 0) ^ (working[parent, edge] != 0)
        if parent >= 0 and differ == 0:
            length[i] = length[parent]
        else:
            constant = build(working, i, source, target, is_fixed, positions, matrix, pull)
            energy = least_energy(matrix, pull, constant, is_fixed, partner)
            length[i] = np.floor(energy * 1048576.0 + 0.5) / 1048576.0
