"""What pictures of studies show, and what they say that they show."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from evomod.network import Network, network_of
from evomod.papers.scripts import load_script
from evomod.plots import circuit_layout
from evomod.plots.runs import COLOURS, signs_of
from evomod.plots.studies import (
    FEWEST,
    explain_networks,
    look_of,
    plot_boxes,
    plot_columns,
    plot_density,
    plot_interval,
    plot_medians,
    signs_of_dots,
)

ROOT = Path(__file__).parent.parent
CIRCUITS = ROOT / "results" / "kashtan2005" / "kashtan2005-outputs" / "epochs.json"


def axes():
    return Figure().subplots()


def labels(signs):
    return [sign.get_label() for sign in signs]


@pytest.mark.parametrize("n", [1, FEWEST - 1, FEWEST])
@pytest.mark.parametrize("is_across", [True, False])
def test_few_runs_have_a_median_without_an_interval(n, is_across):
    values = np.append(np.arange(n, dtype=float), np.nan)  # what is no number does not count
    (shown,) = plot_interval(axes(), 2.0, values, "red", is_across=is_across).containers
    assert (shown.has_xerr, shown.has_yerr) == (
        (n >= FEWEST) & is_across,
        (n >= FEWEST) & (not is_across),
    )
    place = np.array(shown.lines[0].get_data()).ravel().tolist()
    assert place == ([np.median(np.arange(n)), 2.0] if is_across else [2.0, np.median(np.arange(n))])


def test_few_runs_have_a_median_without_a_box():
    drawn = plot_boxes(axes(), [np.arange(FEWEST), np.arange(FEWEST - 1), np.array([])], "abc")
    assert len(drawn.patches) == 1
    assert [t.get_text() for t in drawn.get_xticklabels()] == ["a\nn = 6", "b\nn = 5", "c\nn = 0"]
    line = drawn.collections[0].get_segments()[0]
    assert line[:, 1].tolist() == [2.0, 2.0]


def test_curves_of_few_runs_have_no_band():
    table = {
        "treatment": np.full(3, "a"), "generation": np.arange(3), "n": np.array([FEWEST, FEWEST, FEWEST - 1]),
        "q": np.ones(3), "q_low": np.zeros(3), "q_high": np.full(3, 2.0),
    }  # fmt: skip
    (band,) = plot_medians(axes(), table, "q", {"a": "A"}).collections
    assert band.get_datalim(band.axes.transData).x1 == 1.0


@pytest.mark.parametrize(
    ("n", "last"),
    [((3, 2), "median"), ((6, 50), "interval of the median"), ((3, 50), "(of 6 runs or more)")],
)
def test_what_dots_and_bars_are_is_said_below_the_picture(n, last):
    figure = Figure(layout="constrained")
    groups = {str(k): {"q": np.linspace(0.0, 1.0, size)} for k, size in enumerate(n)}
    plot_columns(figure, groups, {"q": "Q"})
    (legend,) = figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert said == labels(signs_of_dots(n)) and said[0] == "a run" and said[-1].endswith(last)


def test_no_two_rows_look_alike_and_all_are_seen_on_white():
    assert len({look_of(k) for k in range(30)}) == 30
    for colour in COLOURS:
        channels = np.array(to_rgb(colour))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        assert 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05) > 2.0  # contrast, WCAG


def test_a_density_is_a_share_of_all_individuals():
    density = {
        "connection_cost": np.array([0.0, 4.0, 100.0]),
        "q_score": np.array([0.0, 0.1, 0.1]),
        "individuals": np.array([10, 20, 70]),
    }
    image = plot_density(axes(), density, (4.0, 0.1), ((0.0, 8.0), (0.0, 0.2))).images[-1]
    np.testing.assert_allclose(
        np.nansum(image.get_array()), 0.3
    )  # that of cost 100 is not in the limits


def test_the_populations_of_clune_are_shown_whole():
    figure, panels = (
        load_script(ROOT / "scripts" / "clune2013" / "fig2.py"),
        Figure(layout="constrained"),
    )
    table = {
        "treatment": np.tile(["pa", "pcc"], 4), "generation": np.repeat([0, 10, 20, 30], 2),
        "connection_cost": np.array([0.0, 8.0, 224.0, 8.0, 160.0, 8.0, 12.0, 8.0]),
        "q_score": np.full(8, 0.25), "individuals": np.full(8, 5),
    }  # fmt: skip
    study = type("Study", (), {"density": table, "labels": {"pa": "PA", "pcc": "P&CC"}})
    figure.densities(panels, study, ("pa", "pcc"))
    images = [image for cell in panels.axes for image in cell.images]
    assert len(images) == 8 and all(np.nansum(image.get_array()) == 1.0 for image in images)


def circuits():
    return [network_of(row, CIRCUITS.name) for row in json.loads(CIRCUITS.read_text(encoding="utf-8"))]


def test_the_signs_of_networks_are_those_that_are_in_the_picture():
    network = Network(
        layer=np.array([0, 1, 1, 2]), positions=np.zeros((4, 2)), bias=np.zeros(4), source=np.array([0, 1]),
        target=np.array([1, 3]), weight=np.array([1.0, -2.0]),
        functions=("input", "threshold", "threshold", "threshold"),
    )  # fmt: skip
    said = ["colour and shape: part", "between parts", "output", "positive weight", "negative"]
    assert labels(signs_of([network], "part")) == [
        *said,
        "thicker: larger",
        "threshold",
        "no connection",
    ]
    alike = replace(network, weight=np.ones(2), functions=("input", *["tanh"] * 3))
    assert labels(signs_of([alike], "part")) == [*said, "no connection"]
    assert labels(signs_of(circuits())) == ["colour and shape: module", "between modules", "output"]


def test_what_is_drawn_of_networks_is_said_below_the_picture():
    figure = Figure(layout="constrained")
    explain_networks(figure, [])
    assert not figure.legends
    explain_networks(figure, circuits())
    assert len(figure.legends[0].get_texts()) == 3


def test_gates_of_circuits_stand_apart_and_off_the_arrows():
    networks = circuits()
    places = circuit_layout.shared_positions(networks)
    for network in networks:
        working = network.simplified()
        shown = np.flatnonzero((circuit_layout.levels(working) > 0) | (working.layer == 0))
        unit = (places - places[shown].min(axis=0)) / np.ptp(places[shown], axis=0)
        gaps = np.linalg.norm(unit[shown, None] - unit[None, shown], axis=2)
        assert gaps[np.triu_indices(shown.size, 1)].min() > 0.1
        for source, target in zip(working.source, working.target, strict=True):
            others = unit[np.setdiff1d(shown, (source, target))]
            bend = circuit_layout.bend_of(unit[source], unit[target], others, 0.05)
            arc = circuit_layout._arc(unit[source], unit[target], bend)
            assert circuit_layout._least_distance(arc, others) > 0.045


def test_an_arrow_is_bent_only_where_a_gate_is_in_its_way():
    source, target = np.array([0.0, 0.0]), np.array([0.0, 100.0])
    assert circuit_layout.bend_of(source, target, np.array([[30.0, 50.0]]), 10.0) == 0.0
    in_the_way = np.array([[0.0, 50.0]])
    bend = circuit_layout.bend_of(source, target, in_the_way, 8.0)
    assert bend != 0.0
    assert circuit_layout._least_distance(circuit_layout._arc(source, target, bend), in_the_way) >= 8.0
    assert (
        circuit_layout.bend_of(source, target, np.empty((0, 2)), 10.0, circuit_layout.BENDS[1:]) != 0.0
    )
