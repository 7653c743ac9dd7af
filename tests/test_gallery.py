"""Every plotting function draws what the documentation shows, within a tolerance for fonts and versions."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images

DOCS = Path(__file__).parent.parent / "docs"
sys.path.insert(0, str(DOCS / "_extensions"))
import gallery  # noqa: E402 - stands beside the documentation

TOLERANCE = 12.0
"""Root mean square of 255 grey levels; another version of a font moves letters, 6 and less, a lost curve changes more."""


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
    assert compare_images(gallery.PICTURES / f"{name}.png", tmp_path / "now.png", TOLERANCE) is None


def test_a_lost_curve_is_noticed(tmp_path, monkeypatch):
    def without_best(axes):
        gallery.DRAWINGS["plot_fitness"](axes)
        axes.lines[-1].remove()
        return axes

    expected = gallery.PICTURES / "plot_fitness.png"
    monkeypatch.setitem(gallery.DRAWINGS, "lost", without_best)
    gallery.draw("lost", tmp_path / "lost.png")
    assert compare_images(expected, tmp_path / "lost.png", TOLERANCE) is not None
