"""Networks from files of every known kind, and what is said of files that are none."""

import json

import networkx
import numpy as np
import pandas
import pytest

from evomod.errors import EvomodError
from evomod.measures.files import read_graph
from evomod.measures.graphs import adjacencies_of, adjacency_of, layers_of, symmetric
from evomod.network import Network

GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">{}</graph></graphml>'
EDGES = [("a", "b", 2.0), ("b", "c", 0.5), ("c", "a", 1.0)]


@pytest.fixture
def graph():
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from(EDGES)
    return graph


def save(graph, path):
    if path.suffix == ".graphml":
        networkx.write_graphml(graph, path)
    elif path.suffix == ".gml":
        networkx.write_gml(graph, path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(networkx.node_link_data(graph, edges="links")))
    elif path.suffix == ".npy":
        np.save(path, networkx.to_numpy_array(graph))
    else:
        sign = {".csv": ",", ".tsv": "\t"}.get(path.suffix, " ")
        path.write_text("".join(sign.join(map(str, edge)) + "\n" for edge in EDGES))


@pytest.mark.parametrize("ending", ["graphml", "gml", "json", "npy", "csv", "tsv", "txt", "edges"])
def test_every_format_gives_the_same_graph(graph, tmp_path, ending):
    path = tmp_path / f"graph.{ending}"
    save(graph, path)
    found = adjacency_of(read_graph(path), "weight")
    assert found.tolist() == [[0, 2, 0], [0, 0, 0.5], [1, 0, 0]]


def test_a_header_comments_and_a_missing_weight(tmp_path):
    path = tmp_path / "graph.csv"
    path.write_text("source,target\n# a remark\nx, y\ny,z\n\n")
    assert adjacency_of(read_graph(path), "weight").tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_a_header_may_say_pre_and_post(tmp_path):
    path = tmp_path / "graph.csv"
    path.write_text("pre,post,synapses,weight\nAVAL,AVAR,3,0.5\n")
    graph = read_graph(path)
    assert adjacency_of(graph, "weight").tolist() == [[0, 0.5], [0, 0]]
    assert adjacency_of(graph, "synapses").tolist() == [[0, 3], [0, 0]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("graph.pdf", "x", "ending '.pdf' is not known"),
        ("graph.csv", "a,b,c,d\n", "line 1: expected source,target"),
        ("graph.csv", "a,b,heavy\n", "'heavy' is not a number. If this line is a header, name"),
        ("graph.csv", "a,b,1\na,c,heavy\n", "line 2: the weight 'heavy' is not a number.$"),
        ("graph.csv", "a;b;0,5\n", "first line has ',' and ';'"),
        ("graph.csv", "a,b\n,c\n", "line 2: a source or target without a name"),
        ("graph.csv", "a,b,nan\n", "line 1: the weight 'nan' is not a finite number"),
        ("graph.json", "[" * 100_000, "nested more than 64 deep"),
        ("graph.npy", "PK\x03\x04 is how a zip begins", "not a valid NumPy array"),
        ("graph.gml", "graph [ node 5 ]", "not a valid GML"),
        ("graph.graphml", GRAPHML.format("<node/>"), "node element without id"),
        ("graph.graphml", GRAPHML.format('<edge source="a"/>'), "edge element without target"),
        ("graph.graphml", GRAPHML.format("</graph><graph>"), "holds 2 graphs"),
        ("x" * 300 + ".csv", None, "cannot be read"),
        ("graph.json", "{", "is not valid JSON"),
        ("graph.json", '{"x": 1}', "neither a network of evomod"),
        ("graph.json", "[1, 2]", "neither a network of evomod"),
        ("graph.graphml", "<graphml", "not a valid GraphML"),
        ("graph.gml", "graph [ node", "not a valid GML"),
        ("graph.npy", "text", "not a valid NumPy array"),
    ],
)
def test_what_is_no_network_is_told_in_one_sentence(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(EvomodError, match=said):
        read_graph(path)


@pytest.mark.parametrize("header", ["# nodes\nsource,target\n", "\n  \nSRC,DST\n", "from,to\n", ""])
def test_a_header_is_no_connection(tmp_path, header):
    path = tmp_path / "graph.csv"
    path.write_text(header + "a,b\nb,c\n")
    assert sorted(read_graph(path).edges) == [("a", "b"), ("b", "c")]


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path):
    with pytest.raises(EvomodError, match="there is no network file"):
        read_graph(tmp_path / "graph.csv")
    (tmp_path / "graph.csv").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(EvomodError, match="not UTF-8"):
        read_graph(tmp_path / "graph.csv")


@pytest.mark.parametrize(
    ("graph", "weight", "said"),
    [
        (np.zeros((2, 3)), None, "square array"),
        (np.zeros(3), None, "square array"),
        ([[0, np.nan], [0, 0]], None, "finite numbers"),
        ([[0, -1], [0, 0]], "weight", "weights from 0"),
        ([[0, 1], [0, 0]], "length", "weight='weight'"),
        ("text", None, "expected a Network"),
        (networkx.DiGraph([(0, 1)]), "weight", "no attribute 'weight'"),
        (networkx.DiGraph([(0, 1, {"weight": "x"})]), "weight", "not a finite number"),
        (networkx.DiGraph([(0, 1, {"weight": 10**400})]), "weight", "not a finite number"),
        ([[0, 10**400], [0, 0]], "weight", "expected a Network"),
        ([[0, 1e300], [0, 0]], "weight", "another unit"),
        ([[0, 1e-300], [0, 0]], "weight", "another unit"),
        (np.array([[0, 1j], [0, 0]]), None, "real numbers"),
        (np.zeros((2, 2), "datetime64[D]"), None, "real numbers"),
        (np.ma.masked_array(np.ones((2, 2)), np.eye(2)), None, "masked"),
        (networkx.empty_graph(20_001), None, "at most 20000"),
    ],
)
def test_what_is_no_graph_is_refused(graph, weight, said):
    with pytest.raises(EvomodError, match=said):
        adjacency_of(graph, weight)


def test_many_graphs_are_told_from_one():
    matrices, is_many = adjacencies_of(np.ones((3, 2, 2)))
    assert is_many and matrices.shape == (3, 2, 2)
    with pytest.raises(EvomodError, match="expected one graph"):
        adjacency_of(np.ones((3, 2, 2)))


def test_undirected_graphs_are_symmetric_and_directed_ones_are_made_so():
    assert adjacency_of(networkx.Graph([(0, 1)])).tolist() == [[0, 1], [1, 0]]
    both = np.array([[0.0, 2.0], [1.0, 0.0]])
    assert symmetric((both != 0).astype(float)).tolist() == [[0, 1], [1, 0]]
    assert symmetric(both, "weight").tolist() == [[0, 3], [3, 0]]
    assert symmetric(both + both.T, "weight").tolist() == [[0, 3], [3, 0]]


def test_layers_come_from_the_network_the_nodes_or_the_caller():
    graph = networkx.DiGraph([(0, 1)])
    with pytest.raises(EvomodError, match="layers of the graph are not known"):
        layers_of(graph)
    assert layers_of(graph, [0, 1]).tolist() == [0, 1]
    graph.nodes[0]["layer"], graph.nodes[1]["layer"] = 0, 1
    assert layers_of(graph).tolist() == [0, 1]
    with pytest.raises(EvomodError, match="2 whole numbers"):
        layers_of(graph, [0.5, 1])
    network = Network(
        layer=np.array([0, 1]), positions=np.zeros((2, 2)), bias=np.zeros(2),
        source=np.array([0]), target=np.array([1]), weight=np.array([-2.0]),
    )  # fmt: skip
    assert layers_of(network).tolist() == [0, 1]
    assert adjacency_of(network, "weight", signed=True).tolist() == [[0, -2], [0, 0]]
    with pytest.raises(EvomodError, match="weights from 0"):
        adjacency_of(network, "weight")
    with pytest.raises(EvomodError, match="weight='weight'; got 'length'"):
        adjacency_of(network, "length", signed=True)


@pytest.mark.parametrize("n", [3, 4, 7])
def test_a_matrix_may_have_the_numbers_of_its_nodes_in_the_first_line(tmp_path, n):
    """As pandas writes one without an index."""
    matrix = np.roll(np.eye(n, dtype=int), 1, axis=1)
    pandas.DataFrame(matrix).to_csv(tmp_path / "m.csv", index=False)
    assert adjacency_of(read_graph(tmp_path / "m.csv")).tolist() == matrix.tolist()


def test_three_numbers_a_line_whose_first_is_0_1_2_are_connections_where_all_have_a_weight(tmp_path):
    (tmp_path / "c.csv").write_text("0,1,2\n1,2,3\n2,0,1\n0,2,1\n")
    assert sorted(read_graph(tmp_path / "c.csv").edges) == [
        ("0", "1"),
        ("0", "2"),
        ("1", "2"),
        ("2", "0"),
    ]
