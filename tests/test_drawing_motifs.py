"""Pictures of motifs: every connection is an arrow, and nothing is drawn over anything else."""

from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox
from matplotlib.patches import Circle, FancyArrowPatch

from evomod.errors import EvomodError
from evomod.measures import class_adjacency, motif_ids, motifs
from evomod.plots.motifs import draw_motif, plot_motif_profile


def ring_with_loops(n=12, seed=0):
    """A ring with a few feed-forward loops."""
    graph = np.roll(np.eye(n), 1, axis=1)
    for k in np.random.default_rng(seed).choice(n, n // 3, replace=False):
        graph[k, (k + 2) % n] = 1.0
    return graph


@pytest.mark.parametrize("size", [3, 4])
def test_every_subgraph_is_drawn_with_its_connections(size):
    figure = Figure()
    for number in motif_ids(size)[:: {3: 1, 4: 5}[size]].tolist():
        axes = draw_motif(figure.subplots(), size, number)
        graph = class_adjacency(size, number)
        dots = np.array([patch.center for patch in axes.patches if isinstance(patch, Circle)])
        assert len(np.unique(dots, axis=0)) == size
        found = np.zeros((size, size), int)
        for patch in axes.patches:
            if isinstance(patch, FancyArrowPatch):
                begin, end = (
                    int(np.linalg.norm(dots - place, axis=1).argmin()) for place in patch._posA_posB
                )
                found[begin, end] = 1
                found[end, begin] |= patch.get_arrowstyle().arrow == "<|-|>"
        assert (found == graph).all(), number
        figure.clear()


def test_arrows_lead_down_where_they_can():
    figure = Figure()
    for size, number in ((3, 6), (3, 36), (4, 14), (4, 204), (4, 904)):
        axes = draw_motif(figure.subplots(), size, number)
        for patch in axes.patches:
            if isinstance(patch, FancyArrowPatch):
                begin, end = patch._posA_posB
                assert end[1] < begin[1]
        figure.clear()


def test_a_profile_shows_every_class_with_its_drawing_inside_the_picture(tmp_path):
    many = motifs(np.stack([ring_with_loops(seed=s) for s in range(4)]), 3, draws=30)
    one = motifs(ring_with_loops(seed=9), 3, draws=30)
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(6.4, 3.2), layout="constrained")
        axes = plot_motif_profile(figure.subplots(), [many, one], ["many", "one"])
        figure.savefig(tmp_path / "profile.png")
    boxes = [child for child in axes.get_children() if isinstance(child, AnnotationBbox)]
    assert len(boxes) == 13
    assert {text.get_text() for text in axes.texts} == {str(number) for number in motif_ids(3)}
    spans = sorted((box.get_window_extent() for box in boxes), key=lambda span: span.x0)
    assert all(left.x1 <= right.x0 for left, right in pairwise(spans))
    assert all(figure.bbox.y0 <= span.y0 and span.y1 < axes.bbox.y0 for span in spans)
    shown = [line.get_ydata() for line in axes.lines if len(line.get_xdata()) == 13]
    np.testing.assert_allclose(shown[0], np.mean([profile.z for profile in many], axis=0))
    np.testing.assert_allclose(shown[-1], one.z)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["many", "one"]


@pytest.mark.parametrize("normalised", [False, True])
def test_of_four_nodes_the_largest_z_of_every_profile_are_shown(normalised):
    profiles = [motifs(ring_with_loops(seed=s), 4, draws=30) for s in (1, 2)]
    axes = plot_motif_profile(Figure().subplots(), profiles, ["a", "b"], normalised=normalised)
    shown = {int(text.get_text()) for text in axes.texts}
    for profile in profiles:
        largest = profile.ids[np.argsort(-np.abs(np.nan_to_num(profile.z)))[:8]]
        assert set(largest.tolist()) <= shown
    assert len(shown) <= 24
    assert axes.get_ylabel() == ("significance profile" if normalised else "z of the count")


def test_classes_without_a_number_are_left_open():
    profile = motifs(ring_with_loops(), 3, draws=1)
    axes = plot_motif_profile(Figure().subplots(), [profile], ["one draw"])
    assert np.isnan(axes.lines[0].get_ydata()).all()


def test_profiles_that_do_not_belong_together_are_refused():
    three, four = (motifs(ring_with_loops(), size, draws=2) for size in (3, 4))
    axes = Figure().subplots()
    with pytest.raises(EvomodError, match=r"of one size; got profiles of sizes \[3, 4\]"):
        plot_motif_profile(axes, [three, four], ["a", "b"])
    for profiles, labels in (([three], ["a", "b"]), ([], []), ([[]], ["a"])):
        with pytest.raises(EvomodError, match="a label for every profile"):
            plot_motif_profile(axes, profiles, labels)
    with pytest.raises(EvomodError, match="no connected subgraph 1 of 3 nodes"):
        draw_motif(axes, 3, 1)
