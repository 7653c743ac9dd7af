"""Every plotting function draws what the documentation shows, within a tolerance for fonts and versions."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

DOCS = Path(__file__).parent.parent / "docs"
sys.path.insert(0, str(DOCS / "_extensions"))
import gallery  # noqa: E402 - stands beside the documentation

BLOCK, TOLERANCE = 25, 5.0
"""Pictures are compared by the mean grey of squares of so many pixels, as root mean square of 255 levels: matplotlib 3.9
and 3.10 differ by 3.5 at the most, since letters are wider and axes begin elsewhere; a lost curve by 7."""


def difference(one, other):
    means = []
    for path in (one, other):
        image = 255.0 * imread(path)[..., :3]
        rows, columns = image.shape[0] // BLOCK, image.shape[1] // BLOCK
        means.append(image.reshape(rows, BLOCK, columns, BLOCK, 3).mean(axis=(1, 3)))
    return np.sqrt(((means[0] - means[1]) ** 2).mean())


def plotting_functions():
    for name in ("runs", "studies", "motifs", "modules"):
        module = importlib.import_module(f"evomod.plots.{name}")
        for function, value in inspect.getmembers(module, inspect.isfunction):
            first = next(iter(inspect.signature(value).parameters.values()), None)
            is_own = value.__module__ == module.__name__ and not function.startswith("_")
            if is_own and first is not None and first.annotation == "Axes":
                yield function


def test_every_plotting_function_has_its_picture_in_the_documentation():
    page = (DOCS / "reference" / "pictures.rst").read_text(encoding="utf-8")
    shown = re.findall(r"image:: pictures/(\w+)\.png", page)
    inner = {"plot_course"}  # a line of `plot_fitness` and `plot_q`
    assert sorted(shown) == sorted(gallery.DRAWINGS) == sorted(set(plotting_functions()) - inner)
    assert sorted(path.stem for path in gallery.PICTURES.iterdir()) == sorted(shown)


@pytest.mark.parametrize("name", gallery.DRAWINGS)
def test_it_draws_the_picture_of_the_documentation(name, tmp_path):
    gallery.draw(name, tmp_path / "now.png")
    assert difference(gallery.PICTURES / f"{name}.png", tmp_path / "now.png") < TOLERANCE


def test_a_lost_curve_is_noticed(tmp_path, monkeypatch):
    def without_best(axes):
        gallery.DRAWINGS["plot_fitness"](axes)
        axes.lines[-1].remove()
        return axes

    expected = gallery.PICTURES / "plot_fitness.png"
    monkeypatch.setitem(gallery.DRAWINGS, "lost", without_best)
    gallery.draw("lost", tmp_path / "lost.png")
    assert difference(expected, tmp_path / "lost.png") > TOLERANCE
