"""Modularity Q and its leading-eigenvector partition (Leicht & Newman 2008)."""

from __future__ import annotations

from typing import Any

import numpy as np

from evomod.kernels import compiled, inlined

ACCEPT = 1e-5  # smallest gain in Q for which a group is split (Clune et al. 2013, authors' code)
NOTHING = 1e-9  # an eigenvector component below this is rounding noise around zero


@inlined
def tridiagonalise(form, n, matrix, diagonal, off, reflectors, work):
    """Householder reduction of a symmetric matrix ``form``; reflector k acts on rows k+1 .. n-1.

    A whole eigendecomposition costs three times as much, and one eigenvector is needed. ``matrix`` is work
    space of the size of ``form``, ``work`` of one row.
    """
    for i in range(n):
        for j in range(n):
            matrix[i, j] = form[i, j]
    for k in range(n - 2):
        norm = 0.0
        for i in range(k + 1, n):
            norm += matrix[i, k] * matrix[i, k]
        norm = np.sqrt(norm)
        off[k] = 0.0
        for i in range(n):
            reflectors[k, i] = 0.0
        if norm == 0.0:
            continue
        alpha = -norm if matrix[k + 1, k] > 0.0 else norm
        length = 0.0
        for i in range(k + 1, n):
            reflectors[k, i] = matrix[i, k] - (alpha if i == k + 1 else 0.0)
            length += reflectors[k, i] * reflectors[k, i]
        length = np.sqrt(length)
        for i in range(k + 1, n):
            reflectors[k, i] /= length
        projection = 0.0
        for i in range(k + 1, n):
            work[i] = 0.0
            for j in range(k + 1, n):
                work[i] += matrix[i, j] * reflectors[k, j]
            projection += work[i] * reflectors[k, i]
        for i in range(k + 1, n):
            work[i] -= projection * reflectors[k, i]
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                matrix[i, j] -= 2.0 * (reflectors[k, i] * work[j] + work[i] * reflectors[k, j])
        off[k] = alpha
    if n > 1:
        off[n - 2] = matrix[n - 1, n - 2]
    for i in range(n):
        diagonal[i] = matrix[i, i]


@inlined
def largest_eigenvalue(diagonal, off, n):
    """Bisection on Sturm counts, down to the last bits."""
    low, high = diagonal[0], diagonal[0]
    for i in range(n):
        radius = (abs(off[i - 1]) if i > 0 else 0.0) + (abs(off[i]) if i < n - 1 else 0.0)
        if diagonal[i] - radius < low:
            low = diagonal[i] - radius
        if diagonal[i] + radius > high:
            high = diagonal[i] + radius
    scale = abs(low) if abs(low) > abs(high) else abs(high)
    if scale < 1e-300:
        scale = 1e-300
    while high - low > 4e-16 * scale:
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        pivot, below = 1.0, True
        for i in range(n):
            pivot = diagonal[i] - middle - (off[i - 1] * off[i - 1] / pivot if i > 0 else 0.0)
            if pivot >= 0.0:
                below = False
                break
            if pivot > -1e-300:
                pivot = -1e-300
        if below:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


@inlined
def inverse_iteration(diagonal, off, n, value, pivot, vector):
    """Eigenvector of the largest eigenvalue ``value`` of a tridiagonal matrix, from a fixed start.

    Just above the largest eigenvalue, shift - matrix is positive definite: no pivoting is needed. ``pivot``
    is work space.
    """
    shift = value + 1e-13 * (abs(value) + 1.0)
    for i in range(n):
        vector[i] = 1.0 + 0.1 * ((i * 7919) % 13)
        pivot[i] = shift - diagonal[i]
        if i > 0:
            pivot[i] -= off[i - 1] * off[i - 1] / pivot[i - 1]
        if pivot[i] < 1e-16:
            pivot[i] = 1e-16
    for _ in range(4):
        largest = 0.0
        for i in range(1, n):
            vector[i] += off[i - 1] / pivot[i - 1] * vector[i - 1]
        for i in range(n - 1, -1, -1):
            if i + 1 < n:
                vector[i] += off[i] * vector[i + 1]
            vector[i] /= pivot[i]
            if abs(vector[i]) > largest:
                largest = abs(vector[i])
        for i in range(n):
            vector[i] /= largest


@inlined
def turn_back(reflectors, n, vector):
    """From the tridiagonal matrix to the first one; the first clear component positive, noise set to zero."""
    for k in range(n - 3, -1, -1):
        projection = 0.0
        for i in range(k + 1, n):
            projection += reflectors[k, i] * vector[i]
        for i in range(k + 1, n):
            vector[i] -= 2.0 * projection * reflectors[k, i]
    largest = 0.0
    for i in range(n):
        if abs(vector[i]) > largest:
            largest = abs(vector[i])
    sign = 0.0
    for i in range(n):
        if abs(vector[i]) <= NOTHING * largest:
            vector[i] = 0.0
        elif sign == 0.0:
            sign = 1.0 if vector[i] > 0.0 else -1.0
        vector[i] *= sign


@inlined
def strengths(adjacency, strength):
    """``[side, node]``: the weights out of and into every node; returns their sum m."""
    size = adjacency.shape[0]
    m = 0.0
    for a in range(size):
        strength[0, a] = strength[1, a] = 0.0
    for a in range(size):
        for b in range(size):
            strength[0, a] += adjacency[a, b]
            strength[1, b] += adjacency[a, b]
            m += adjacency[a, b]
    return m


@inlined
def symmetric_gain(adjacency, members, n, is_whole, as_clune2013, strength, m, matrix):
    """The matrix whose leading eigenvector splits a group; its form in s gives 4 m times the gain in Q.

    Textbook: B + B' minus the row sums, over the group, of B + B' (0 for the whole network).
    ``as_clune2013``, as the authors' program does: the null term is transposed and below the root the
    row sums of b are subtracted before b is symmetrised, which leaves another diagonal.
    """
    out, into = strength[0], strength[1]
    for i in range(n):
        a = members[i]
        rows = 0.0
        for j in range(n):
            b = members[j]
            both = adjacency[a, b] + adjacency[b, a] - (out[a] * into[b] + into[a] * out[b]) / m
            matrix[i, j] = both
            rows += 2.0 * (adjacency[a, b] - into[a] * out[b] / m) if as_clune2013 else both
        if not is_whole:
            matrix[i, i] -= rows


@inlined
def split(vector, form, n, m, as_clune2013, sides):
    """Split a group by the signs of ``vector``; returns the gain in Q, or -1 where one side is empty.

    A component that is 0 is on the negative side. ``as_clune2013``: in the authors' program rounding noise
    gives it a sign, as if by chance; the gain is then the one to be expected, in which its products with
    others are 0. It refuses the splits of dense networks that the program refuses: all 89 networks of
    ``results/reference`` agree, 80 without this.
    """
    n_positive = 0
    for i in range(n):
        sides[i] = 1.0 if vector[i] > 0.0 else -1.0
        n_positive += vector[i] > 0.0
    if n_positive == 0 or n_positive == n:
        return -1.0
    gain = 0.0
    for i in range(n):
        for j in range(n):
            if i == j or not as_clune2013 or (vector[i] != 0.0 and vector[j] != 0.0):
                gain += sides[i] * form[i, j] * sides[j]
    return gain / (4.0 * m)


@inlined
def quality(adjacency, modules, sums):
    """Directed Q of a partition: the share of weight inside modules minus its expectation.

    Nodes of module -1 have no connection. No connection at all: 0. ``sums[side, module]`` is work space.
    """
    size = adjacency.shape[0]
    m, inside = 0.0, 0.0
    for k in range(size):
        sums[0, k] = sums[1, k] = 0.0
    for a in range(size):
        for b in range(size):
            if modules[a] >= 0 and modules[b] >= 0:
                m += adjacency[a, b]
                sums[0, modules[a]] += adjacency[a, b]
                sums[1, modules[b]] += adjacency[a, b]
                if modules[a] == modules[b]:
                    inside += adjacency[a, b]
    if m == 0.0:
        return 0.0
    expected = 0.0
    for k in range(size):
        expected += sums[0, k] * sums[1, k] / m
    return (inside - expected) / m


@inlined
def list_connected(adjacency, modules):
    """Module 0 for nodes with a connection, -1 for the others; returns how many have one."""
    size = adjacency.shape[0]
    n = 0
    for a in range(size):
        modules[a] = -1
        for b in range(size):
            if adjacency[a, b] != 0.0 or adjacency[b, a] != 0.0:
                modules[a] = 0
                n += 1
                break
    return n


@compiled
def first_split(adjacency, modules):
    """Two parts, 0 and 1, by the sign of the leading eigenvector of B + B', whatever Q gains; returns how many.

    ``adjacency[source, target]`` holds 1 or 0. One part, 0, where no eigenvalue is above 0: then no split
    gains. Part 0 is that of the first node with a component, which is made positive.
    """
    size = adjacency.shape[0]
    out, into = np.zeros(size), np.zeros(size)
    m = 0.0
    for a in range(size):
        modules[a] = 0
        for b in range(size):
            out[a] += adjacency[a, b]
            into[b] += adjacency[a, b]
            m += adjacency[a, b]
    if m == 0.0:
        return 1
    form, matrix, reflectors = np.empty((size, size)), np.empty((size, size)), np.empty((size, size))
    diagonal, off, work, vector = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    for a in range(size):
        for b in range(size):
            form[a, b] = adjacency[a, b] + adjacency[b, a] - (out[a] * into[b] + into[a] * out[b]) / m
    tridiagonalise(form, size, matrix, diagonal, off, reflectors, work)
    inverse_iteration(diagonal, off, size, largest_eigenvalue(diagonal, off, size), work, vector)
    turn_back(reflectors, size, vector)
    gain, length = 0.0, 0.0
    for a in range(size):
        length += vector[a] * vector[a]
        for b in range(size):
            gain += vector[a] * form[a, b] * vector[b]
    n_second = 0
    for a in range(size):
        if gain > NOTHING * length and not vector[a] > 0.0:
            modules[a] = 1
            n_second += 1
    return 2 if n_second > 0 else 1


def space(n_nodes: int) -> tuple[Any, Any, Any]:
    """Work space for `leading_eigenvector_of_many`: allocated inside, it would take 0.3 s to compile."""
    return np.empty((3, n_nodes, n_nodes)), np.empty((7, n_nodes)), np.empty(n_nodes, np.int64)


@compiled
def leading_eigenvector_of_many(adjacencies, as_clune2013, matrices, vectors, members, modules, q):
    """Recursive bisection by the sign of the leading eigenvector, without refinement.

    Writes Q ``[network]`` and ``modules[network, node]`` of ``adjacencies[network, source, target]``, weights
    from 0. Modules are numbered from 0; nodes without a connection are left out: their module is -1.
    ``as_clune2013``: the root split is accepted whatever it gains. ``matrices``, ``vectors``, ``members``: see
    `space`. One kernel for everything: a kernel that it called would be
    optimised twice, alone and inside it.
    """
    size = adjacencies.shape[1]
    form, matrix, reflectors, strength = matrices[0], matrices[1], matrices[2], vectors
    diagonal, off, work, vector, sides = vectors[2], vectors[3], vectors[4], vectors[5], vectors[6]
    for network in range(adjacencies.shape[0]):
        adjacency, module = adjacencies[network], modules[network]
        n_connected = list_connected(adjacency, module)
        m = strengths(adjacency, strength)
        n_modules, current = 1, 0
        while current < n_modules and m > 0.0:
            n = 0
            for a in range(size):
                if module[a] == current:
                    members[n] = a
                    n += 1
            gain = -1.0
            if n > 1:
                is_whole = n == n_connected
                symmetric_gain(adjacency, members, n, is_whole, as_clune2013, strength, m, form)
                tridiagonalise(form, n, matrix, diagonal, off, reflectors, work)
                value = largest_eigenvalue(diagonal, off, n)
                inverse_iteration(diagonal, off, n, value, work, vector)
                turn_back(reflectors, n, vector)
                gain = split(vector, form, n, m, as_clune2013, sides)
            is_root = n_modules == 1 and as_clune2013
            if gain > ACCEPT or (is_root and gain != -1.0):
                for i in range(n):
                    if sides[i] < 0.0:
                        module[members[i]] = n_modules
                n_modules += 1  # the part that kept its number is looked at again
            else:
                current += 1
        q[network] = quality(adjacency, module, strength)


@compiled
def quality_of_many(adjacencies, modules, sums, q):
    """Q ``[network]`` of the partitions ``modules[network, node]``; ``sums[2, node]`` is work space."""
    for k in range(adjacencies.shape[0]):
        q[k] = quality(adjacencies[k], modules[k], sums)
