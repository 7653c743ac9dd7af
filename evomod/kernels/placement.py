"""Wiring length with nodes at their best places (Clune et al. 2013, after Chklovskii 2004).

Eight networks are computed at once, each in a lane of its own: the very sums of one network after the other, in a
quarter of the time (170 us to 45 for the 600 networks of a retina generation that are new). What a network lacks is
not added, or as 0. Compiling takes 1.2 s, before 0.5.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import inlined, unmanaged
from evomod.kernels.vectors import (
    LANES,
    eight,
    have_changed,
    item,
    minus,
    numbers,
    place_rows,
    plus,
    plus_where,
    put,
    put_numbers,
    quotient,
    times,
    to_columns,
)


@inlined
def list_partners(source, target, n_inputs, partners):
    """List with which later free nodes each may have an entry of the Laplacian, after those before it are eliminated.

    ``partners[free, k]``; their number is in the last column.
    """
    n = partners.shape[0]
    for a in range(n):
        for b in range(n + 1):
            partners[a, b] = 0
    for edge in range(source.size):
        a, b = source[edge] - n_inputs, target[edge] - n_inputs
        if a >= 0 and b < n:
            partners[a, b] = 1
    for a in range(n):
        number = 0
        for b in range(a + 1, n):
            is_partner = partners[a, b]
            partners[a, number] = b
            number += is_partner
        partners[a, n] = number
        for k in range(number):
            for m in range(k + 1, number):
                partners[partners[a, k], partners[a, m]] = 1


@inlined
def build(columns, source, target, n_inputs, positions, partners, matrix, pull):
    """Fill the upper half of Laplacian ``matrix`` and right side ``pull`` of the free nodes; returns the constant part."""
    n, constant = partners.shape[0], eight(0.0)
    for a in range(n):
        put_numbers(matrix, LANES * (n * a + a), constant)
        put_numbers(pull, 2 * LANES * a, constant)
        put_numbers(pull, 2 * LANES * a + LANES, constant)
        for k in range(item(partners, (n + 1) * a + n)):
            put_numbers(matrix, LANES * (n * a + item(partners, (n + 1) * a + k)), constant)
    for edge in range(source.size):
        a, b, present = item(source, edge), item(target, edge), item(columns, edge)
        p, q = a - n_inputs, b - n_inputs  # places among the free nodes
        if p >= 0 and q < n:
            here, there, between = LANES * (n * p + p), LANES * (n * q + q), LANES * (n * p + q)
            put_numbers(matrix, here, plus_where(numbers(matrix, here), present, 1.0))
            put_numbers(matrix, there, plus_where(numbers(matrix, there), present, 1.0))
            put_numbers(matrix, between, plus_where(numbers(matrix, between), present, -1.0))
        elif p < 0 and q >= n:
            for axis in range(2):
                apart = item(positions, 2 * a + axis) - item(positions, 2 * b + axis)
                constant = plus_where(constant, present, apart * apart)
        else:
            free, fixed = (q, a) if p < 0 else (p, b)
            here = LANES * (n * free + free)
            put_numbers(matrix, here, plus_where(numbers(matrix, here), present, 1.0))
            for axis in range(2):
                place, where = LANES * (2 * free + axis), item(positions, 2 * fixed + axis)
                put_numbers(pull, place, plus_where(numbers(pull, place), present, where))
                constant = plus_where(constant, present, where * where)
    return constant


@inlined
def least_energy(matrix, pull, constant, partners):
    """Minimum over the free nodes of the quadratic energy: constant - pull' matrix^-1 pull.

    Elimination in node order, nodes of one layer first, so that only few entries fill in; the energy
    needs no back substitution. A free node without connections has a pivot of 0 and changes nothing.
    """
    n = partners.shape[0]
    for a in range(n):
        row, listed, number = LANES * n * a, (n + 1) * a, item(partners, (n + 1) * a + n)
        pivot = numbers(matrix, row + LANES * a)
        x, y = numbers(pull, 2 * LANES * a), numbers(pull, 2 * LANES * a + LANES)
        constant = minus(constant, quotient(plus(times(x, x), times(y, y)), pivot))
        for k in range(number):
            b = item(partners, listed + k)
            factor, place = quotient(numbers(matrix, row + LANES * b), pivot), 2 * LANES * b
            put_numbers(pull, place, minus(numbers(pull, place), times(factor, x)))
            put_numbers(pull, place + LANES, minus(numbers(pull, place + LANES), times(factor, y)))
            for m in range(k, number):
                c = item(partners, listed + m)
                place, entry = LANES * (n * b + c), numbers(matrix, row + LANES * c)
                put_numbers(matrix, place, minus(numbers(matrix, place), times(factor, entry)))
    return constant


@unmanaged
def wiring_length(
    working, ancestors, source, target, n_inputs, positions, listed, rows, columns, partners, matrix, pull,
    energy, length,
):  # fmt: skip
    """Write each network's least summed squared length of connections, x and y of hidden nodes free.

    Free are the nodes after ``n_inputs`` inputs, as many as ``matrix`` has rows; every edge leads to a later
    node. ``ancestors[i]`` is the row of the parent before it, whose length is copied where the connections are the
    same, itself where ``length`` is known, or -1. Lengths are rounded to 2**-20, far above the rounding noise of the
    elimination and far below a real difference, so that mirror images tie on every machine. Work space:
    ``listed[network]``, ``rows[2, lane]``, ``columns[edge]``, ``partners[free, free + 1]``,
    ``matrix[free, free, lane]``, ``pull[free, axis, lane]``, ``energy[lane]``.
    """
    n, n_edges, firsts, apart = 0, working.shape[1], rows[0], rows[1]
    for i in range(working.shape[0]):
        parent = item(ancestors, i)
        put(listed, n, i)
        if parent < 0 or parent > i:
            n += 1
        elif parent < i:
            n += have_changed(working, i * n_edges, parent * n_edges, n_edges)
    if n > 0:
        list_partners(source, target, n_inputs, partners)
    for lane in range(LANES):
        apart[lane] = LANES * lane
    for begin in range(0, n, LANES):
        place_rows(listed, begin, n, n_edges, firsts)
        to_columns(working, firsts, apart, columns)
        constant = build(columns, source, target, n_inputs, positions, partners, matrix, pull)
        put_numbers(energy, 0, least_energy(matrix, pull, constant, partners))
        for lane in range(LANES if n - begin >= LANES else n - begin):
            length[listed[begin + lane]] = np.floor(energy[lane] * 1048576.0 + 0.5) / 1048576.0
    done = 0
    for i in range(working.shape[0]):  # parents are computed by now, and earlier offspring
        if done < n and listed[done] == i:
            done += 1
        else:
            length[i] = length[ancestors[i]]
