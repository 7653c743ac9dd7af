"""What is exported is read back by the programs' own readers, and is the same network; ONNX computes the same outputs."""

import csv
import json
from itertools import product

import networkx
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from pyarrow import parquet

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.network import Network, network_json
from evomod.report import exporting
from evomod.report.exporting import export, graph_of, network_in
from evomod.runs.run import begin, run

CONFIGS = {
    "layered": {"task": "retina"},
    "real": {"task": "retina", "network": {"encoding": "layered-real"}},
    "threshold": {"task": "retina", "network": {"encoding": "threshold"}},
    "circuit": {"task": "circuit"},
    "gate-layers": {"task": "circuit", "network": {"encoding": "gate-layers"}},
}


def networks(kind, n=6):
    config = evomod.Config(**CONFIGS[kind], evolution={"population": 40, "generations": 3})
    *_, last = evomod.evolve(config, 4)
    about = {"inputs": list(last.setup.task.inputs), "goal": last.goal, "fitness": {'a <b> & "c"': 0.1}}
    genomes = last.population.genomes[:: 40 // n]
    return [last.setup.encoding.network(genome, about) for genome in genomes]


def rebuilt(nodes, edges, whole, about):
    """A network from rows of nodes and of connections."""
    nodes = sorted(nodes, key=lambda row: int(row["node"]))
    outputs = sorted((int(k), int(row["node"])) for row in nodes for k in str(row["output"]).split())
    return Network(
        layer=np.array([int(row["layer"]) for row in nodes]),
        positions=np.array([[float(row["x"]), float(row["y"])] for row in nodes]),
        bias=np.array([float(row["bias"]) for row in nodes]),
        source=np.array([int(e[0]) for e in edges], int), target=np.array([int(e[1]) for e in edges], int),
        weight=np.array([float(e[2]) for e in edges]),
        gain=float(whole["gain"]), steps=int(whole["steps"]), feedback=whole["feedback"],
        functions=tuple(row["function"] for row in nodes), outputs=np.array([node for _, node in outputs]), about=about,
    )  # fmt: skip


def ordered(network):
    """The same network with its connections in one order: graphs keep them by node."""
    order = np.lexsort((network.weight, network.target, network.source))
    data = json.loads(network_json(network))
    data["connections"] = [data["connections"][k] for k in order.tolist()]
    return data


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize("form", ["graphml", "gml"])
def test_graphs_come_back_as_they_were(tmp_path, kind, form):
    read = {
        "graphml": lambda path: networkx.read_graphml(path, node_type=int),
        "gml": networkx.read_gml,
    }[form]
    for network in networks(kind):
        (path,) = export(network, form, tmp_path / f"n.{form}")
        graph = read(path)
        nodes = [{"node": int(node), **about} for node, about in graph.nodes(data=True)]
        edges = [(s, t, w) for s, t, w in graph.edges(data="weight")]
        back = rebuilt(nodes, edges, graph.graph, json.loads(graph.graph["about"]))
        assert ordered(back) == ordered(network)
        assert [row["name"] for row in nodes][: network.inputs.size] == network.about["inputs"]


@pytest.mark.parametrize("kind", CONFIGS)
def test_tables_come_back_as_they_were(tmp_path, kind):
    for network in networks(kind):
        for form in ("csv", "parquet"):
            paths = export(network, form, tmp_path / f"n.{form}")
            assert [path.name for path in paths] == [f"n.{form}", f"n.nodes.{form}"]
            if form == "csv":
                edges, nodes = (list(csv.DictReader(path.read_text().splitlines())) for path in paths)
            else:
                edges, nodes = (parquet.read_table(path).to_pylist() for path in paths)
            back = rebuilt(nodes, [tuple(e.values()) for e in edges], nodes[0], network.about)
            assert network_json(back) == network_json(network)


def test_evomod_reads_its_exports(tmp_path):
    (network,) = networks("layered", 1)
    q = evomod.modularity(network).q
    from evomod.measures.files import read_graph

    for form in ("graphml", "gml", "csv"):
        path, *_ = export(network, form, tmp_path / f"n.{form}")
        assert evomod.modularity(read_graph(path)).q == pytest.approx(q, abs=1e-12)


def patterns_of(network):
    return np.array(list(product((0, 1), repeat=network.inputs.size)))


def circuits_without_feedback(n):
    rng = np.random.default_rng(8)
    for _ in range(n):
        source = [int(s) for gate in range(3, 12) for s in rng.integers(0, gate, 2)]
        yield circuit(
            source, np.repeat(range(3, 12), 2).tolist(), rng.integers(3, 12, 2).tolist(), n_inputs=3
        )


@pytest.mark.parametrize("kind", CONFIGS)
def test_onnx_computes_the_same_outputs(tmp_path, kind):
    for network in circuits_without_feedback(20) if kind == "circuit" else networks(kind, 20):
        (path,) = export(network, "onnx", tmp_path / "n.onnx")
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        assert "1 for on and 0 for off" in model.doc_string and "a yes is above 0" in model.doc_string
        patterns = patterns_of(network)
        (found,) = ReferenceEvaluator(model).run(None, {"patterns": patterns.astype(np.float64)})
        simple = network.simplified()
        np.testing.assert_allclose(found, simple.values(patterns)[:, simple.outputs], atol=1e-9)
        assert (simple.answers_of(simple.values(patterns)) == network.answer(patterns)).all()


def circuit(source, target, outputs, n_inputs=2, **about):
    n = max(target) + 1
    layer = np.array([0] * n_inputs + [1] * (n - n_inputs))
    return Network(
        layer, np.zeros((n, 2)), np.zeros(n), np.array(source), np.array(target), np.ones(len(source)),
        functions=("input",) * n_inputs + ("nand",) * (n - n_inputs), outputs=np.array(outputs), **about,
    )  # fmt: skip


def test_circuits_that_feed_back_are_refused_with_the_reason(tmp_path):
    latch = circuit([0, 3, 1, 2], [2, 2, 3, 3], [3])
    with pytest.raises(EvomodError, match="feeds back.*gates"):
        export(latch, "onnx", tmp_path / "n.onnx")
    deep = circuit([0, 1, 2, 2, 3, 3], [2, 2, 3, 3, 4, 4], [4], steps=2)
    with pytest.raises(EvomodError, match="3 gates deep and is evaluated for 2 steps"):
        export(deep, "onnx", tmp_path / "n.onnx")
    assert not list(tmp_path.iterdir())
    idle = circuit([0, 1, 2, 3], [2, 2, 3, 3], [2])  # the gate that feeds back leads nowhere
    export(idle, "onnx", tmp_path / "n.onnx")


def test_parallel_connections_and_outputs_that_share_a_gate_are_kept(tmp_path):
    network = circuit([0, 0, 0, 1], [2, 2, 3, 3], [3, 2, 3])
    assert graph_of(network).number_of_edges() == 4 and graph_of(network).is_multigraph()
    assert [graph_of(network).nodes[node]["output"] for node in (1, 2, 3)] == ["", "2", "1 3"]
    (path,) = export(network, "graphml", tmp_path / "n.graphml")
    back = networkx.read_graphml(path, node_type=int)
    assert back.nodes[3]["output"] == "1 3" and back.number_of_edges(0, 2) == 2


def test_the_command_and_its_refusals(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(evomod.Config(task="retina", evolution={"population": 10, "generations": 2}), 1, "r")
    assert main(["export", "r", "--graphml", "out/n.graphml"]) == 0
    assert main(["export", "r/best.json", "--csv", "n.csv"]) == 0
    assert capsys.readouterr().out.split() == ["out/n.graphml", "n.csv", "n.nodes.csv"]
    begin(evomod.Config(task="retina"), 1, "begun")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "study.toml").write_text("")
    before = sorted(tmp_path.rglob("*"))
    for place, out, says in (
        ("begun", "b.gml", "first checkpoint"),
        ("study", "b.gml", "name one of its runs"),
        ("nowhere", "b.gml", "nowhere"),
        ("r", "out", "is a folder"),
    ):
        assert main(["export", place, "--gml", out]) == 2
        assert says in capsys.readouterr().err
    monkeypatch.setitem(
        exporting.__dict__, "_onnx_library", lambda: (_ for _ in ()).throw(EvomodError("no onnx"))
    )
    assert main(["export", "r", "--onnx", "n.onnx"]) == 2 and "no onnx" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_names_that_csv_cannot_hold_are_refused(tmp_path):
    (network,) = networks("layered", 1)
    network.about["inputs"][0] = "a,b"
    with pytest.raises(EvomodError, match="comma"):
        export(network, "csv", tmp_path / "n.csv")


def test_a_network_is_the_best_of_its_run(tmp_path):
    found = run(
        evomod.Config(task="retina", evolution={"population": 10, "generations": 2}), 1, tmp_path / "r"
    )
    assert network_json(network_in(found.folder)) == (found.folder / "best.json").read_text()


BAD = {
    "leads to the same layer": ({"layer": [0, 0, 1, 1], "source": [0, 2], "target": [2, 3]}, "a connection does not lead to a later layer"),
    "a gate of three": ({"layer": [0, 0, 0, 1], "source": [0, 1, 2], "target": [3, 3, 3], "functions": ("input",) * 3 + ("nand",)}, "not exactly two"),
    "mixed": ({"layer": [0, 0, 1, 2], "source": [0, 2], "target": [2, 3], "functions": ("input", "input", "threshold", "tanh")}, "it mixes"),
    "layers in disorder": ({"layer": [0, 1, 0, 1], "source": [0, 2], "target": [1, 3]}, "not in the order of layers"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_network_that_no_model_would_repeat_is_refused(case, tmp_path):
    parts, said = BAD[case]
    parts = {key: value if key == "functions" else np.array(value) for key, value in parts.items()}
    n = parts["layer"].size
    network = Network(
        positions=np.zeros((n, 2)), bias=np.zeros(n), weight=np.ones(parts["source"].size), **parts
    )
    with pytest.raises(EvomodError, match=said):
        export(network, "onnx", tmp_path / "x.onnx")
    assert list(tmp_path.iterdir()) == []
