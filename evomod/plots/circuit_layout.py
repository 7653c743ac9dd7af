"""Places of a circuit's gates, and bends of its arrows, so that a drawing of it can be read: numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evomod.network import Network

LEVEL = 1.2
"""From one level of a circuit to the next."""
SLOTS = 17
"""Places of a level in which a gate may stand."""
WIDER = np.array(((1.0, 1.0), (1.35, 1.0)))
"""What the layout of a figure may do to a panel, of x and y."""
BENDS = (0.0, 0.12, -0.12, 0.2, -0.2, 0.3, -0.3, 0.42, -0.42)
"""Of arrows, the first being preferred."""


def levels(working: Network) -> NDArray[np.int64]:
    """Longest path from the inputs to every effective gate, connections that lead back left out; else 0."""
    level, open_gates = np.zeros(working.n_nodes, np.int64), []

    def visit(node: int) -> None:
        if working.layer[node] == 0 or level[node] or node in open_gates:
            return
        open_gates.append(node)
        sources = [s for s in working.source[working.target == node].tolist() if s not in open_gates]
        for source in sources:
            visit(source)
        level[node] = 1 + max((level[s] for s in sources), default=0)
        open_gates.remove(node)

    for output in working.outputs.tolist():
        visit(output)
    return level


def circuit_positions(working: Network, level: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places ``[node, axis]``: one row per level, gates near what they are connected to and off the arrows."""
    x, y = np.zeros(working.n_nodes), level.astype(float)
    shown = np.flatnonzero((level > 0) | (working.layer == 0))
    width = float(max(np.bincount(level[shown]).max(), working.inputs.size) - 1)
    x[working.inputs] = np.linspace(-width / 2, width / 2, working.inputs.size)
    for row in range(1, int(level.max()) + 1):
        nodes = np.flatnonzero(level == row)
        means = [
            float(x[own].mean()) if (own := working.source[working.target == node]).size else 0.0
            for node in nodes
        ]
        x[nodes[np.argsort(means, kind="stable")]] = _spread(np.sort(means), width)
    places = np.stack((x, LEVEL * y), axis=1)
    return _clear_places(places, working, shown, width)


def _spread(wanted: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Places near the ``wanted`` ones (in their order) at least 1 apart."""
    x = wanted.copy()
    for k in range(1, x.size):
        x[k] = max(x[k], x[k - 1] + 1.0)
    return x - max(x[-1] - width / 2, 0.0)


def _clear_places(
    places: NDArray[np.float64], working: Network, shown: NDArray[np.int64], width: float
) -> NDArray[np.float64]:
    """Gates moved along their levels, one after the other, as long as that makes the picture clearer."""
    gates = [node for node in shown.tolist() if working.layer[node] > 0]
    ends = np.unique(np.stack((working.source, working.target)), axis=1)
    slots = np.linspace(-width / 2, width / 2, SLOTS)
    least = _crowding(places, ends, shown)
    for _ in range(8):
        before = least
        for node in gates:
            for x in slots:
                moved = places.copy()
                moved[node, 0] = x
                crowding = _crowding(moved, ends, shown)
                if crowding < least - 1e-9:
                    places, least = moved, crowding
        if least == before:
            break
    return places


def _crowding(places: NDArray[np.float64], ends: NDArray[np.int64], shown: NDArray[np.int64]) -> float:
    """How far arrows run over gates and gates over gates, plus a little for long arrows.

    In a square picture of side 1, where 0.09 is a gate's width.
    """
    drawn = places[shown]
    unit = (places - drawn.min(axis=0)) / np.maximum(np.ptp(drawn, axis=0), 1.0)
    nodes, start, end = unit[shown], unit[ends[0]], unit[ends[1]]
    along = end - start
    length2 = np.maximum((along**2).sum(axis=1), 1e-12)
    t = ((nodes[None] - start[:, None]) * along[:, None]).sum(axis=2) / length2[:, None]
    nearest = start[:, None] + np.clip(t, 0.0, 1.0)[:, :, None] * along[:, None]
    distance = np.linalg.norm(nodes[None] - nearest, axis=2)
    is_end = (shown[None] == ends[0][:, None]) | (shown[None] == ends[1][:, None])
    over = np.where(is_end, 0.0, np.maximum(1.0 - distance / 0.09, 0.0)).sum()
    gaps = np.linalg.norm(nodes[:, None] - nodes[None], axis=2)[np.triu_indices(nodes.shape[0], 1)]
    return float(over + 3.0 * np.maximum(1.0 - gaps / 0.16, 0.0).sum() + 0.2 * np.sqrt(length2).sum())


def shared_positions(networks: Sequence[Network]) -> NDArray[np.float64]:
    """Places ``[node, axis]`` that suit several circuits of one encoding: those of all their connections."""
    working = [network.simplified() for network in networks]
    union = replace(
        working[0],
        source=np.concatenate([network.source for network in working]),
        target=np.concatenate([network.target for network in working]),
        weight=np.concatenate([network.weight for network in working]),
        outputs=np.unique(np.concatenate([network.outputs for network in working])),
    )
    return circuit_positions(union, levels(union))


def bend_of(
    source: NDArray[np.float64], target: NDArray[np.float64], others: NDArray[np.float64], room: float,
    bends: Sequence[float] = BENDS,
) -> float:  # fmt: skip
    """The first bend whose arc passes no other node by less than ``room``; else that with most room.

    In the picture as wide as it is now, and in a wider one: it is laid out when all that it holds is known.
    """
    found = [
        min(_least_distance(_arc(source * w, target * w, bend), others * w) for w in WIDER)
        for bend in bends
    ]
    return next(
        (b for b, d in zip(bends, found, strict=True) if d >= room), bends[int(np.argmax(found))]
    )


def _arc(source: NDArray[np.float64], target: NDArray[np.float64], bend: float) -> NDArray[np.float64]:
    """Points ``[point, axis]`` of matplotlib's connection style "arc3"."""
    (dx, dy), t = target - source, np.linspace(0.0, 1.0, 25)[:, None]
    middle = (source + target) / 2.0 + bend * np.array([dy, -dx])
    return (1 - t) ** 2 * source + 2 * t * (1 - t) * middle + t**2 * target


def _least_distance(points: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    if not others.size:
        return np.inf
    return float(np.linalg.norm(points[:, None] - others[None], axis=2).min())
