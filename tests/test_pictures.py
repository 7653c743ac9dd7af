"""Pictures in every format, whole or not at all; what a drawing must say."""

import matplotlib
import networkx
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.measures.report import null_note
from evomod.network import Network
from evomod.plots.modules import plot_modules
from evomod.plots.pictures import check_format, style, write_picture
from evomod.plots.runs import (
    LONG,
    plot_circuit,
    plot_course,
    plot_fitness,
    plot_network,
    title_of,
)
from evomod.runs.run import run
from evomod.task import load_task

FORMATS = sorted(set(Figure().canvas.get_supported_filetypes()) - {"pgf"})  # which requires LaTeX


def figure():
    made = Figure(figsize=(2, 1))
    made.add_subplot().plot([1, 2, 3])
    return made


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_written_whole(tmp_path, ending):
    path = write_picture(figure(), tmp_path / f"p.{ending}")
    assert path.stat().st_size > 100 and [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_figure_makes_the_same_bytes(tmp_path, ending):
    one, two = (write_picture(figure(), tmp_path / f"{name}.{ending}").read_bytes() for name in "ab")
    assert one == two


@pytest.mark.parametrize(
    ("name", "says"), [("p.doc", r"\.svg"), ("none/p.png", "no folder"), ("d.png", "a folder")]
)
def test_what_cannot_be_written_is_refused(tmp_path, name, says):
    (tmp_path / "d.png").mkdir()
    with pytest.raises(EvomodError, match=says):
        check_format(tmp_path / name)


def test_what_cannot_be_drawn_leaves_no_file(tmp_path, monkeypatch):
    def torn(self, file, **how):
        file.write(b"half")
        raise ValueError("torn")

    monkeypatch.setattr(Figure, "savefig", torn)
    with pytest.raises(EvomodError, match="torn"):
        write_picture(figure(), tmp_path / "p.svg")
    assert not list(tmp_path.iterdir())


def test_the_style_is_one_that_matplotlib_knows():
    with matplotlib.rc_context(style()):
        assert matplotlib.rcParams["font.size"] == 8 and not matplotlib.rcParams["axes.spines.top"]


def test_figures_are_written_as_vectors(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("f.svg", "f.jpg"):
        assert main(["figure", "filan2021-table", "--out", name]) == 0
    assert (tmp_path / "f.svg").read_text().rstrip().endswith("</svg>")
    assert main(["figure", "filan2021-table", "--out", "f.doc"]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.jpg", "f.svg"]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_outputs_are_named_in_every_encoding():
    for about in (
        {"task": "five-xor"},
        {"task": "retina", "network": {"encoding": "threshold"}},
        {"task": "circuit"},
        {"task": "circuit-three-outputs"},
        {"task": "circuit", "network": {"encoding": "gate-layers"}},
    ):
        (first,) = evomod.evolve(
            evomod.Config(**about, evolution={"population": 20, "generations": 0}), 1
        )
        network = first.setup.encoding.network(first.population.genomes[0])
        number = network.outputs.size
        names = ["out"] if number == 1 else [f"out {k}" for k in range(1, number + 1)]
        assert [
            text
            for text in texts(plot_network(Figure().add_subplot(), network))
            if text.startswith("out")
        ] == names


def test_every_connection_of_genes_is_seen_with_its_direction():
    """Both ways apart, and a ring for a gene that regulates itself; fitness by a formula is no fraction."""
    task = load_task("attractor")
    (first,) = evomod.evolve(
        evomod.Config(task="attractor", evolution={"population": 5, "generations": 0}), 1
    )
    network = first.setup.encoding.network(first.population.genomes[0], {"inputs": list(task.inputs)})
    axes = plot_network(Figure().add_subplot(), network)
    own = int((network.source == network.target).sum())
    rings = [patch for patch in axes.patches if isinstance(patch, Circle)]
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    assert own > 0 and (len(rings), len(arrows)) == (own, network.weight.size - own)
    assert sum(patch.get_linestyle() != "-" for patch in rings + arrows) == (network.weight < 0).sum()
    assert set(task.inputs) <= set(texts(axes)) and not any("out" in text for text in texts(axes))
    log = {"generation": np.arange(3), "goal": np.array(["alternating"] * 3)}
    log |= {"best_fitness": np.full(3, 0.4), "mean_fitness": np.full(3, 0.3)}
    for is_fraction, label in ((True, "fitness (fraction right)"), (False, "fitness")):
        assert plot_fitness(Figure().add_subplot(), log, is_fraction).get_ylabel() == label


def test_an_output_without_connections_is_drawn():
    network = Network(
        np.array([0, 0, 1, 1]), np.zeros((4, 2)), np.zeros(4), np.array([0, 1]), np.array([2, 2]), np.ones(2),
        functions=("input", "input", "nand", "nand"), outputs=np.array([2, 3]),
    )  # fmt: skip
    axes = plot_circuit(Figure().add_subplot(), network)
    offsets = np.concatenate([np.asarray(nodes.get_offsets()) for nodes in axes.collections])
    assert len(offsets) == 4 and {"out 1", "out 2"} <= set(texts(axes))
    assert len(np.unique(offsets, axis=0)) == 4


def test_modules_are_told_apart_without_their_colours():
    network = Network(
        np.array([0, 0, 0, 1, 1, 1]), np.arange(12.0).reshape(6, 2), np.zeros(6), np.array([0, 1, 2]),
        np.array([3, 4, 5]), np.ones(3),
    )  # fmt: skip
    axes = plot_network(Figure().add_subplot(), network)
    shapes = {nodes.get_paths()[0].vertices.tobytes() for nodes in axes.collections}
    assert len(axes.collections) == len(shapes) == 3


def test_outputs_that_share_a_gate_are_named_together():
    network = Network(
        np.array([0, 0, 1]), np.zeros((3, 2)), np.zeros(3), np.array([0, 1]), np.array([2, 2]), np.ones(2),
        functions=("input", "input", "nand"), outputs=np.array([2, 2]),
    )  # fmt: skip
    assert "out 1, 2" in texts(plot_circuit(Figure().add_subplot(), network))


def test_titles_name_encoding_and_all_goals(tmp_path):
    goals = ["xor-and-xor", "xor-or-xor", "eq-and-xor"]
    schedule = {"kind": "modular", "goals": goals, "period": 2}
    few = {"population": 10, "generations": 2}
    title = title_of(
        run(evomod.Config(task="circuit", evolution=few, schedule=schedule), 1, tmp_path / "r")
    )
    assert " / ".join(goals) in title and "circuit networks" in title


def test_no_z_of_equal_nulls_is_a_number():
    chain = Network(
        np.array([0, 1, 2]),
        np.zeros((3, 2)),
        np.zeros(3),
        np.array([0, 1]),
        np.array([1, 2]),
        np.ones(2),
    )
    note = null_note(chain, "clune2013")
    assert "nan" not in note and "so no z" in note


def test_a_long_curve_shows_median_and_range():
    y = np.tile([0.0, 1.0, 1.0, np.nan], LONG)
    axes = plot_course(Figure().add_subplot(), np.arange(y.size), y, "#000000")
    (line,), (band,) = axes.lines, axes.collections
    assert line.get_ydata().size < LONG and np.nanmax(line.get_ydata()) == 1.0
    assert band.get_paths()[0].get_extents().height == 1.0
    assert (
        len(plot_course(Figure().add_subplot(), np.arange(9), np.arange(9.0), "#000000").collections)
        == 0
    )


def test_a_small_study_says_so_on_its_picture(tmp_path, monkeypatch):
    from evomod.papers import figures
    from evomod.papers.places import scripts_folder

    committed = evomod.load_study(scripts_folder().parent / "results" / "kashtan2007")
    monkeypatch.setattr(figures, "quick_study", lambda *given: committed)
    quick, _ = figures.draw_figure("kashtan2007-fig1", tmp_path / "q.svg", quick=True)
    note = "replicates 1, generations 3000, population 300"
    assert note in quick.read_text()
    monkeypatch.setattr(figures, "given_study", lambda *given: committed)
    whole, _ = figures.draw_figure("kashtan2007-fig1", tmp_path / "w.svg", study=committed.folder)
    assert note not in whole.read_text()


def test_connections_that_lead_nowhere_are_not_in_the_picture_of_modules():
    """Nodes without a module have no place in it."""
    graph = networkx.DiGraph([("a", "b"), ("b", "c"), ("a", "dead")])
    axes = plot_modules(Figure().add_subplot(), graph, {"a": 0, "b": 0, "c": 1, "dead": -1})
    assert sum(len(part.get_segments()) for part in axes.collections[:2]) == 2


def test_fitness_is_drawn_to_the_end_where_goals_have_accumulated():
    """Eight goals within 160 generations, and then a long time with all of them."""
    goals = np.array([f"goal-{min(k // 20, 7)}" for k in range(1000)])
    log = {"generation": np.arange(1000), "goal": goals}
    log |= {"best_fitness": np.linspace(0.5, 1.0, 1000), "mean_fitness": np.full(1000, 0.4)}
    line = plot_fitness(Figure().add_subplot(), log).lines[-1]
    assert line.get_xdata().size == 1000
    log["goal"] = np.array([f"goal-{k // 20 % 2}" for k in range(1000)])
    line = plot_fitness(Figure().add_subplot(), log).lines[-1]
    assert line.get_xdata()[-1] == 999 and line.get_xdata().size == 50
