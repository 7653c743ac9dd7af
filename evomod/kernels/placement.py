"""Wiring length with nodes at their best places (Clune et al. 2013, after Chklovskii 2004)."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined


@inlined
def build(working, i, source, target, n_inputs, positions, edges, matrix, pull):
    """Fill the upper half of Laplacian ``matrix`` and right side ``pull`` of the free nodes; returns the constant part."""
    n_free, n, constant = matrix.shape[0], 0, 0.0
    for edge in range(source.size):
        edges[n] = edge
        n += working[i, edge] != 0
    for a in range(n_free):
        pull[a, 0] = pull[a, 1] = 0.0
        for b in range(n_free):
            matrix[a, b] = 0.0
    for k in range(n):
        a, b = source[edges[k]], target[edges[k]]
        p, q = a - n_inputs, b - n_inputs  # places among the free nodes
        if p >= 0 and q < n_free:
            matrix[p, p] += 1.0
            matrix[q, q] += 1.0
            matrix[p, q] -= 1.0
        elif p < 0 and q >= n_free:
            for axis in range(2):
                apart = positions[a, axis] - positions[b, axis]
                constant += apart * apart
        else:
            free, fixed = (q, a) if p < 0 else (p, b)
            matrix[free, free] += 1.0
            for axis in range(2):
                pull[free, axis] += positions[fixed, axis]
                constant += positions[fixed, axis] * positions[fixed, axis]
    return constant


@inlined
def least_energy(matrix, pull, constant, partner):
    """Minimum over the free nodes of the quadratic energy: constant - pull' matrix^-1 pull.

    Elimination in node order, nodes of one layer first, so that only few entries fill in; the energy
    needs no back substitution. ``partner[free node]`` is work space.
    """
    n = matrix.shape[0]
    for a in range(n):
        pivot = matrix[a, a]
        if pivot == 0.0:
            continue
        n_partners = 0
        for b in range(a + 1, n):
            partner[n_partners] = b
            n_partners += matrix[a, b] != 0.0
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
    working, ancestors, source, target, n_inputs, positions, edges, matrix, pull, partner, length
):
    """Write each network's least summed squared length of connections, x and y of hidden nodes free.

    Free are the nodes after ``n_inputs`` inputs, as many as ``matrix`` has rows; every edge leads to a later
    node. ``ancestors[i]`` is the row of the parent, whose length is copied where the connections are the
    same (or -1). Lengths are rounded to 2**-20, far above the rounding noise of the elimination and
    far below a real difference, so that mirror images tie on every machine. Work space: ``edges[edge + 1]``,
    ``matrix[free, free]``, ``pull[free, axis]``, ``partner[free]``.
    """
    for i in range(working.shape[0]):
        parent = ancestors[i]
        if parent == i:
            continue
        same = parent >= 0
        if parent >= 0:
            for edge in range(working.shape[1]):  # to the end: the compiler compares many at once
                same &= (working[i, edge] != 0) == (working[parent, edge] != 0)
        if same:
            length[i] = length[parent]
        else:
            constant = build(working, i, source, target, n_inputs, positions, edges, matrix, pull)
            energy = least_energy(matrix, pull, constant, partner)
            length[i] = np.floor(energy * 1048576.0 + 0.5) / 1048576.0
