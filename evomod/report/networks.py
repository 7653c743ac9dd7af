"""Networks of a report: small drawings of many, and the data of the view in which one is looked at."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.measures.modularity import modularity
from evomod.network import Network
from evomod.plots.circuit_layout import circuit_positions, levels, shared_positions
from evomod.report.svg import COLOURS, short, svg
from evomod.runs.replay import steady_modules

SMALL = 120.0, 92.0
"""Width and height of a small drawing."""


def frames(networks: Sequence[Network], captions: Sequence[str], method: str) -> dict[str, Any]:
    """The data of the view: what networks share once (``kinds``), and a frame a network.

    Of a frame: ``k`` its kind, ``t`` its caption, ``x`` and ``y`` the places of nodes (0 to 1, y downwards, null of
    gates that lead nowhere), ``m`` their modules (-1: no connection), ``b`` biases, ``e`` connections as source,
    target, weight: the working ones.
    """
    kinds: list[dict[str, Any]] = []
    found = []
    places, modules = _places(networks), _modules(networks, method)
    for network, caption, place, own in zip(networks, captions, places, modules, strict=True):
        kind = _kind(network)
        if kind not in kinds:
            kinds.append(kind)
        working = network.simplified()
        ends = zip(
            working.source.tolist(),
            working.target.tolist(),
            map(_plain, working.weight.tolist()),
            strict=True,
        )
        found.append(
            {
                "k": kinds.index(kind),
                "t": caption,
                "x": [None if np.isnan(x) else round(x, 3) for x in place[:, 0].tolist()],
                "y": [None if np.isnan(y) else round(y, 3) for y in place[:, 1].tolist()],
                "m": own.tolist(),
                "b": [_plain(bias) for bias in network.bias.tolist()],
                "e": [list(end) for end in ends],
            }
        )
    return {"kinds": kinds, "frames": found}


def _kind(network: Network) -> dict[str, Any]:
    names = network.about.get("inputs") or [f"input {k}" for k in range(network.inputs.size)]
    return {
        "inputs": names,
        "layer": network.layer.tolist(),
        "fn": list(network.functions),
        "out": network.outputs.tolist(),
        "gain": network.gain,
        "steps": network.steps,
        "feedback": network.feedback,
    }


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else float(f"{value:.9g}")


def _places(networks: Sequence[Network]) -> list[NDArray[np.float64]]:
    """Places ``[node, axis]`` in a unit square, y downwards; those of one encoding's circuits are shared."""
    circuits = [network for network in networks if network.is_circuit]
    same = {network.n_nodes for network in circuits}
    shared = None
    if len(same) == 1 and are_of_one_run(circuits):
        shared = shared_positions(circuits)
    return [place_of(network, shared) for network in networks]


def are_of_one_run(networks: Sequence[Network]) -> bool:
    """Whether networks are the course of one run, which reads better where gates keep places, and modules colours."""
    return len({(n.about.get("treatment"), n.about.get("replicate")) for n in networks}) == 1


def _modules(networks: Sequence[Network], method: str) -> list[NDArray[np.int64]]:
    if are_of_one_run(networks):
        return steady_modules(networks, method)
    return [modularity(network.simplified(), method).modules for network in networks]


def place_of(network: Network, shared: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Places of nodes in a unit square, y downwards; NaN of gates that lead to no output."""
    places = network.positions.astype(float)
    if network.is_circuit:
        working = network.simplified()
        level = levels(working)
        if shared is None:
            places = circuit_positions(working, level)
        else:
            places = shared.copy()
        shown = (level > 0) | (working.layer == 0)
        places[~shown] = np.nan
    low, high = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
    unit = (places - low) / np.where(high > low, high - low, 1.0)
    unit[:, 0] = np.where(high[0] > low[0], unit[:, 0], 0.5)
    unit[:, 1] = 1.0 - np.where(high[1] > low[1], unit[:, 1], 0.5)
    return unit


def small(network: Network, method: str) -> str:
    """A network in small: connections inside a module in its colour, others grey, negative ones dashed."""
    working = network.simplified()
    modules, unit = modularity(working, method).modules, place_of(network)
    width, height = SMALL
    places = np.stack((8 + unit[:, 0] * (width - 16), 8 + unit[:, 1] * (height - 16)), axis=1)
    strokes: dict[str, list[str]] = {}
    for source, target, weight in zip(working.source, working.target, working.weight, strict=True):
        (a, b), (c, d) = places[source].tolist(), places[target].tolist()
        if np.isnan((a, b, c, d)).any():
            continue
        module = modules[source] if modules[source] == modules[target] else -1
        kind = (f"c{module % COLOURS}" if module >= 0 else "between") + (" neg" if weight < 0 else "")
        strokes.setdefault(kind, []).append(f"M{short(a)} {short(b)}L{short(c)} {short(d)}")
    lines = [
        f'<path class="edge {kind}" d="{"".join(parts)}"/>' for kind, parts in sorted(strokes.items())
    ]
    # A dot is a stroke of no length with round ends: a tenth of the text of a circle.
    dots: dict[str, list[str]] = {}
    for (x, y), module in zip(places.tolist(), modules.tolist(), strict=True):
        if not np.isnan(x):
            kind = f"c{module % COLOURS}" if module >= 0 else "none"
            dots.setdefault(kind, []).append(f"M{short(x)} {short(y)}h0")
    lines += [
        f'<path class="node {kind}" d="{"".join(parts)}"/>' for kind, parts in sorted(dots.items())
    ]
    return svg(width, height, lines, _said(network), "small")


def _said(network: Network) -> str:
    about = network.about
    q, modules = about.get("q_score"), about.get("modules")
    return f"network with Q {q:.3f} in {modules} modules" if q is not None else "network"


def multiples(networks: Sequence[Network], titles: Sequence[str], first: int, method: str) -> str:
    """Small drawings, each a button that shows its network in the view; ``first``: the frame of the first."""
    cells = [
        f'<button type="button" class="multiple" data-frame="{first + k}" aria-label="show {html.escape(title)}">'
        f"{small(network, method)}<span>{html.escape(title)}</span></button>"
        for k, (network, title) in enumerate(zip(networks, titles, strict=True))
    ]
    return f'<div class="multiples">{"".join(cells)}</div>'
