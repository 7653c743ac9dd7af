"""Networks as people have them, in every format: what is read, what is said, and what is refused in words."""

import json

import igraph
import networkx as nx
import numpy as np
import pandas
import pytest
import scipy.io
import scipy.sparse

from evomod.errors import EvomodError
from evomod.measures.edges import edges_of, is_directed, names_of
from evomod.measures.files import read_graph
from evomod.measures.graphs import adjacency_of
from evomod.measures.report import measure_network

NAMES = ("x 1", "y", "z")
MATRIX = [[0.0, 2.0, 0.0], [0.0, 0.0, 0.5], [1.0, 0.0, 0.0]]
TRIANGLE = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def named_matrix(separator, corner):
    lines = [separator.join((*corner, *NAMES))]
    for name, row in zip(NAMES, MATRIX, strict=True):
        lines.append(separator.join((name, *map(str, row))))
    return "\n".join(lines) + "\n"


PAJEK = """*Network made by hand
*Vertices 3
1 "x 1" 0.1 0.2
2 "y"
3 z
*Arcs
1 2 2
2 3 0.5
3 1
*Partition ignored
1
2
"""
GML = """# by hand
graph [ comment "a ] in a text" directed 1
  node [ id 7 label "x 1" graphics [ w 3 ] ] node [ id 8 label "y" ]
  node [ id 9 label "z" ]
  edge [ source 7 target 8 weight 2 ] edge [ source 8 target 9 weight 0.5 ]
  edge [ source 9 target 7 weight 1.0 ] ]
"""
TEXTS = {
    "names.csv": named_matrix(",", ("",)),
    "semicolon.csv": named_matrix(";", ("node",)),
    "r.tsv": named_matrix("\t", ()),
    "header.csv": ",".join(NAMES) + "\n" + "\n".join(",".join(map(str, row)) for row in MATRIX) + "\n",
    "first.csv": "\n".join(n + "," + ",".join(map(str, r)) for n, r in zip(NAMES, MATRIX, strict=True)),
    "table.csv": "Id,Target,Weight,Source,Label\n1,y,2,x 1,\n2,z,0.5,y,\n3,x 1,1,z,\n",
    "gephi.csv": "Source,Target,Type,Weight\nx 1,y,Directed,2\ny,z,Directed,0.5\nz,x 1,Directed,1\n",
    "arcs.net": PAJEK,
    "matrix.net": '*Vertices 3\n1 "x 1"\n2 y\n3 z\n*Matrix\n0 2 0\n0 0 0.5\n1 0 0\n',
    "hand.gml": GML,
}


@pytest.mark.parametrize("name", TEXTS)
def test_matrices_and_tables_keep_names_weights_and_direction(tmp_path, name):
    graph = read_graph(written(tmp_path, name, TEXTS[name]))
    assert graph.is_directed() and list(graph) == list(NAMES)
    assert adjacency_of(graph, "weight").tolist() == MATRIX


@pytest.mark.parametrize("ending", ["graphml", "gml", "gexf", "json"])
def test_labels_are_names(tmp_path, ending):
    graph = nx.DiGraph()
    for k, name in enumerate(NAMES):
        graph.add_node(k, label=name)
    graph.add_weighted_edges_from([(0, 1, 2.0), (1, 2, 0.5), (2, 0, 1.0)])
    path = tmp_path / f"graph.{ending}"
    if ending == "json":
        path.write_text(json.dumps(nx.node_link_data(graph, edges="links")))
    elif ending == "gml":
        nx.write_gml(nx.relabel_nodes(graph, dict(enumerate(NAMES))), path)
    else:
        (nx.write_graphml if ending == "graphml" else nx.write_gexf)(graph, path)
    found = read_graph(path)
    assert set(found) == set(NAMES)
    assert found.edges["x 1", "y"]["weight"] == 2.0


def test_node_link_data_hold_connections_and_nothing_else_is_believed(tmp_path):
    grid = nx.grid_2d_graph(2, 2)
    for edges in ("edges", "links"):
        data = nx.node_link_data(grid, edges=edges) | {"graph": 5}
        found = read_graph(written(tmp_path, "grid.json", json.dumps(data)))
        assert adjacency_of(found).tolist() == adjacency_of(grid).tolist() and list(found) == list(grid)
        assert measure_network(found, draws=2)["read_as"] is None


def test_igraph_writes_what_is_read(tmp_path):
    graph = igraph.Graph([(0, 1), (1, 2), (2, 0)], directed=True)
    graph.vs["name"] = graph.vs["id"] = NAMES  # Pajek: igraph 0.11 writes ids, 1.0 names
    graph.es["weight"] = [2.0, 0.5, 1.0]
    writers = {"graphml": graph.write_graphml, "net": graph.write_pajek, "gml": graph.write_gml}
    for ending, write in writers.items():
        path = tmp_path / f"graph.{ending}"
        write(str(path))
        assert edges_of(read_graph(path), "weight").weight.tolist() == [2.0, 0.5, 1.0]
        assert names_of(read_graph(path)) == NAMES


@pytest.mark.parametrize(
    "name", ["matrix.npy", "matrix.npz", "sparse.npz", "matrix.mat", "sparse.mat", "m.mtx"]
)
def test_matrices_of_other_programs(tmp_path, name):
    path, matrix = tmp_path / name, np.array(MATRIX)
    if name == "matrix.npy":
        np.save(path, matrix)
    elif name == "matrix.npz":
        np.savez(path, adjacency=matrix, coordinates=np.zeros((3, 2)))
    elif name == "sparse.npz":
        scipy.sparse.save_npz(path, scipy.sparse.csr_array(matrix))
    elif name == "m.mtx":
        scipy.io.mmwrite(path, scipy.sparse.coo_array(matrix))
    else:
        value = scipy.sparse.csc_matrix(matrix) if "sparse" in name else matrix
        scipy.io.savemat(path, {"CIJ": value, "Names": np.array(["a", "b", "c"])})
    assert adjacency_of(read_graph(path), "weight").tolist() == MATRIX


@pytest.mark.parametrize("kind", ["f8", "f4", "i1", "u2", "i8", "?"])
def test_dense_and_sparse_matrices_come_back_as_scipy_reads_them(tmp_path, kind):
    matrix = (np.random.default_rng(1).integers(-2, 3, (5, 5)) * 3).astype(kind)
    for packed in (False, True):
        for value in (matrix, matrix.T.copy().T, scipy.sparse.csc_matrix(matrix)):
            scipy.io.savemat(tmp_path / "x.mat", {"text": "abc", "a": value}, do_compression=packed)
            found = read_graph(tmp_path / "x.mat")
            dense = found.toarray() if scipy.sparse.issparse(found) else found
            assert (dense == matrix).all()
    for form in ("csr", "csc", "coo"):
        scipy.sparse.save_npz(tmp_path / "x.npz", scipy.sparse.coo_array(matrix).asformat(form))
        assert (read_graph(tmp_path / "x.npz").toarray() == matrix).all()


@pytest.mark.parametrize("symmetry", ["general", "symmetric", "skew-symmetric"])
@pytest.mark.parametrize("field", ["real", "integer", "pattern"])
def test_matrix_market_is_read_as_by_scipy(tmp_path, symmetry, field):
    drawn = np.triu(np.random.default_rng(1).integers(-2, 3, (5, 5)), 1).astype(float)
    matrix = {"general": drawn, "symmetric": drawn + drawn.T, "skew-symmetric": drawn - drawn.T}[
        symmetry
    ]
    path = tmp_path / "x.mtx"
    for value in (scipy.sparse.coo_array(matrix), matrix):
        if field == "pattern" and value is matrix:
            continue
        scipy.io.mmwrite(path, value, field=field, symmetry=symmetry, comment="a remark")
        found, expected = read_graph(path), scipy.io.mmread(path)
        for one in (found, expected):
            assert scipy.sparse.issparse(one) == (value is not matrix)
        if value is not matrix:
            found, expected = found.toarray(), expected.toarray()
        assert (found == expected).all()


def test_the_inputs_of_the_findings(tmp_path):
    triangle = read_graph(written(tmp_path, "adjacency3.csv", "0,1,1\n1,0,1\n1,1,0\n"))
    assert adjacency_of(triangle).tolist() == TRIANGLE and not is_directed(triangle)
    assert triangle.graph["read_as"] == "symmetric adjacency matrix of 3 nodes, row = source"
    konect = read_graph(written(tmp_path, "konect.edges", "% sym unweighted\n1 2\n2 3\n3 1\n"))
    assert adjacency_of(konect).tolist() == TRIANGLE and not is_directed(konect)
    zero = edges_of(read_graph(written(tmp_path, "zero.csv", "a,b,1\nb,c,0\nc,d,2\n")))
    assert (zero.n_nodes, zero.source.size, zero.n_zero) == (4, 2, 1)
    assert edges_of(read_graph(tmp_path / "zero.csv"), "weight").weight.tolist() == [1.0, 2.0]


def test_parallel_connections_are_counted_or_summed(tmp_path):
    node = '  node [ id 1 label "a" ] node [ id 2 label "b" ] node [ id 3 label "c" ]\n'
    links = "".join(
        f"  edge [ source {a} target {b} value {v} ]\n" for a, b, v in ((1, 2, 1), (1, 2, 9), (2, 3, 4))
    )
    graph = read_graph(written(tmp_path, "parallel.gml", "graph [ directed 1\n" + node + links + "]"))
    counted, summed = edges_of(graph), edges_of(graph, "value")
    assert counted.weight.tolist() == [2.0, 1.0] and counted.n_parallel == 1 and not counted.is_simple
    assert summed.weight.tolist() == [10.0, 4.0]
    twice = read_graph(written(tmp_path, "twice.csv", "a,b,1\na,b,9\n"))
    assert edges_of(twice).weight.tolist() == [2.0]
    assert edges_of(twice, "weight").weight.tolist() == [10.0]
    undirected = nx.MultiGraph([(0, 1), (1, 0), (1, 2)])
    assert adjacency_of(undirected).tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]
    against = nx.MultiDiGraph([(0, 1, {"weight": 1.0}), (0, 1, {"weight": -1.0})])
    assert edges_of(against, "weight", signed=True).source.size == 0


def test_konect_in_all_its_kinds(tmp_path):
    text = "% asym posweighted\n% 3 3 3\n1 2 5 1700000000\n2 3 1 1700000001\n"
    dated = read_graph(written(tmp_path, "out.moreno", text))
    assert is_directed(dated) and edges_of(dated, "weight").weight.tolist() == [5.0, 1.0]
    sides = read_graph(written(tmp_path, "out.two", "% bip unweighted\n1 1\n2 1\n"))
    assert set(sides) == {"left 1", "left 2", "right 1"} and not is_directed(sides)


def test_a_list_that_networkx_wrote(tmp_path):
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 2.0), ("b", "c", 0.5)])
    nx.write_edgelist(graph, tmp_path / "x.edgelist")
    assert edges_of(read_graph(tmp_path / "x.edgelist"), "weight").weight.tolist() == [2.0, 0.5]


@pytest.mark.parametrize(
    ("text", "is_matrix"),
    [
        ("0 1\n1 0\n", True),
        ("0 2 0\n0 0 3\n1 0 0\n", True),
        ("1 2 1\n2 3 1\n3 1 1\n", False),  # a triangle as a list of three weighted connections
        ("1 1 0\n1 1 1\n0 1 1\n", True),  # no list: two lines are the same connection
        ("0.5 1 0\n1 1 1\n0 1 1\n", True),
        ("1 2\n2 3\n", False),
        ("0 1 0 0\n1 0 1 0\n0 1 0 1\n0 0 1 0\n", True),
        ("0 1 5\n1 2 5\n", False),
        ("3 4 1\n4 5 1\n5 6 1\n6 7 1\n", False),
        ("a b\nb c\n", False),
        ("a b 1\nb c 2\nc a 3\n", False),
    ],
)
def test_a_small_matrix_is_told_from_a_list_and_said(tmp_path, text, is_matrix):
    graph = read_graph(written(tmp_path, "x.txt", text))
    assert ("matrix" in graph.graph["read_as"]) is is_matrix
    assert graph.graph["read_as"].startswith("list of") is not is_matrix


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", "0,1,0,0,1\n0,1,0,0,1\n", "matrix of 2 lines and 5 columns"),
        ("x.csv", "0,1,0,0\n0,1,0,0\n0,1,0,x\n0,0,0,0\n", "line 1: expected source,target"),
        ("x.csv", ",a,b\na,0,1\nb,1\n", "line 3: 1 number in an adjacency matrix of 2"),
        ("x.csv", ",a,b\na,0,nan\nb,1,0\n", "line 2: 'nan' in an adjacency matrix"),
        ("x.csv", ",a,a\na,0,1\na,1,0\n", "same name"),
        ("x.csv", ",a,b,c,d\nw,0,1,0,0\nx,0,0,0,0\ny,0,0,0,0\nz,0,0,0,0\n", "different names"),
        ("x.csv", "Id,Label\n1,a\n", "table of nodes"),
        ("x.csv", "Source,Target,Type\na,b,Directed\nb,c,Undirected\n", "expected one Type"),
        ("x.csv", "Source,Target,Weight\na,b,1\nb\n", "line 3: 1 field under a header of 3"),
        ("x.csv", "Source,Target,Weight\na,b,heavy\n", "line 2: the weight 'heavy'"),
        ("x.csv", "Source,Target\na,\n", "line 2: a source or target without a name"),
        ("x.txt", "a: b c d\nb: c\n", "adjacency list"),
        ("x.net", "1 2\n", r"line 1: expected \*Vertices first"),
        ("x.net", "*Vertices 2\n1 a\n2 b\n*Arcs\n1 3\n", "line 5: expected a number from 1 to 2"),
        ("x.net", "*Vertices two\n", "line 1: expected a number"),
        ("x.net", "*Vertices 2\n*Arcs\n1\n", "line 3: a connection with one end"),
        ("x.net", '*Vertices 1\n1 "a\n', 'a " is not closed'),
        ("x.net", "*Vertices 2\n*Matrix\n0 1 1\n", "expected 2 lines of 2 numbers"),
        ("x.net", "% nothing\n", "no line \\*Vertices"),
        ("x.gml", "graph [ node [ id 1 ] node [ id 1 ] ]", "same id"),
        ("x.gml", "graph [ node [ id 1 ] edge [ source 1 target 2 ] ]", "leads to 2"),
        ("x.gml", "graph [ node [ label 1 ] ]", "has no id"),
        ("x.gml", "graph [ ] graph [ ]", "holds 2 graphs"),
        ("x.gml", "graph [ 5 node ]", "expected a key"),
        ("x.mat", "text", "not a valid MATLAB file"),
        ("x.npz", "text", "not a valid archive"),
        ("x.mtx", "1 2\n", "not a valid Matrix Market"),
        ("x.gexf", "<gexf", "not a valid GEXF"),
        ("x.csv.gz", "", "unpack it first"),
        ("x.gml", "<graphml/>", "looks like GraphML; expected graph"),
        ("x.gml", '{"nodes": []}', "looks like JSON"),
        ("x.gml", "a [ " * 100, "nested more than 64 deep"),
        ("x.gml", "graph [ node [ id [ a 1 ] ] ]", "whole number; got"),
        ("x.gml", "graph [ directed [ a 1 ] ]", "directed is 0 or 1"),
        ("x.graphml", '<!DOCTYPE a [<!ENTITY a "aaa">]><a>&a;</a>', "defines entities"),
        ("x.graphml", '<?xml version="1.0" encoding="none"?><a/>', "not a valid GraphML file: unknown encoding"),
        ("x.graphml", "graph [ ]", "looks like GML"),
        ("x.json", "source,target\n", "looks like text that begins with 'source,target'"),
        ("x.json", '{"graph": 5, "nodes": [], "edges": 5}', "neither a network of evomod nor node-link"),
        ("x.json", '{"nodes": [{"id": 0}], "edges": [{"source": 0, "target": 1}]}', "leads to 1, which is not the id"),
        ("x.json", '{"nodes": [{"id": 0}, {"id": 0}], "edges": []}', "same id"),
        ("x.json", '{"nodes": [{"id": {}}], "edges": []}', "called by a number or a text; got {}"),
        ("x.json", '{"nodes": [{"id": 0}], "edges": [{"source": 0}]}', "called by a number or a text; got None"),
        ("x.json", '{"nodes": [0], "edges": []}', "not an object"),
        ("x.json", '{"directed": 1, "nodes": [], "edges": []}', "true or false; got 1"),
        ("x.csv", 'a,b\n"a,b\nc,d\n', 'a " is not closed'),
        ("x.csv", "a," + "b" * 200_000, "cannot be recognised"),
        ("x.net", "*Vertices ²\n", "expected a number from 0"),
        ("x.net", "*Vertices 999999999999\n", "expected a number from 0 to 2000000"),
        ("x.mtx", "%%MatrixMarket matrix array real general\n0 4\n", "1 to 2,000,000 rows"),
        ("x.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n1\n", "asks for 4 numbers .* has 2"),
        ("x.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n1\n1\nx\n", "could not convert"),
        ("x.mtx", "%%MatrixMarket matrix array complex general\n2 2\n", "'complex'"),
        ("x.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n3 1 1\n", "outside of the matrix of 2 × 2"),
        ("x.mtx", "%%MatrixMarket matrix coordinate real symmetric\n2 3 0\n", "2 rows and 3 columns"),
        ("x.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n1.5 1 1\n", "not a whole number"),
        ("x.mtx", "", "looks like an empty file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_where(tmp_path, name, text, said):
    with pytest.raises(EvomodError, match=said):
        read_graph(written(tmp_path, name, text))


def test_several_matrices_are_named(tmp_path):
    np.savez(tmp_path / "x.npz", one=np.eye(2), two=np.eye(3))
    with pytest.raises(EvomodError, match="one 2×2, two 3×3: 2 square matrices"):
        read_graph(tmp_path / "x.npz")
    scipy.io.savemat(tmp_path / "x.mat", {"signal": np.zeros((5, 2))})
    with pytest.raises(EvomodError, match="0 square matrices"):
        read_graph(tmp_path / "x.mat")


def test_graphs_of_every_library_are_the_same_graph():
    matrix = np.array(MATRIX)
    graph = igraph.Graph([(0, 1), (1, 2), (2, 0)], directed=True)
    graph.es["weight"], graph.vs["name"] = [2.0, 0.5, 1.0], NAMES
    table = pandas.DataFrame(MATRIX, index=NAMES, columns=NAMES)[["y", "z", "x 1"]]
    kinds = (
        matrix, MATRIX, scipy.sparse.csr_array(matrix), scipy.sparse.coo_matrix(matrix), graph, table,
        nx.from_numpy_array(matrix, create_using=nx.DiGraph),
    )  # fmt: skip
    for kind in kinds:
        edges = edges_of(kind, "weight")
        assert (edges.source.tolist(), edges.target.tolist()) == ([0, 1, 2], [1, 2, 0])
        assert edges.weight.tolist() == [2.0, 0.5, 1.0] and edges.directed and is_directed(kind)
        assert adjacency_of(kind, "weight").tolist() == MATRIX
    assert names_of(graph) == names_of(table) == NAMES and names_of(matrix) == (0, 1, 2)
    both = matrix + matrix.T
    for kind in (both, scipy.sparse.csr_array(both), nx.from_numpy_array(both)):
        edges = edges_of(kind, "weight")
        assert not edges.directed and edges.weight.tolist() == [2.0, 1.0, 0.5]
        assert adjacency_of(kind, "weight").tolist() == both.tolist()


def test_a_sparse_matrix_adds_up_what_stands_twice_and_forgets_zeros():
    twice = scipy.sparse.coo_array(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    assert edges_of(twice, "weight").weight.tolist() == [3.0]


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (scipy.sparse.csr_array((2, 3)), "square"),
        (scipy.sparse.csr_array(np.array([[0, 1j], [0, 0]])), "real numbers"),
        (scipy.sparse.csr_array(np.array([[0, np.nan], [0, 0]])), "finite numbers"),
        (pandas.DataFrame([[0, 1]], index=["a"], columns=["a", "b"]), "same names in index and columns"),
        (pandas.DataFrame([[0, "x"], [0, 0]]), "expected a Network"),
    ],
)
def test_what_is_no_adjacency_is_refused(graph, said):
    with pytest.raises(EvomodError, match=said):
        edges_of(graph, "weight")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("indices", [0, -1], "an entry lies outside"),
        ("indices", [0, 9], "an entry lies outside"),
        ("indices", [0.0, 1.0], "lists of whole numbers"),
        ("indptr", [0, 1, 3], "do not fit its values"),
        ("indptr", [0, 2, 1], "do not fit its values"),
        ("indptr", [1, 1, 2], "do not fit its values"),
        ("shape", [2, 10**12], "a matrix has 1 to 2,000,000"),
        ("shape", [2], "a matrix has 1 to 2,000,000"),
        ("data", ["a", "b"], "not real numbers"),
        ("format", b"bsr", r"save matrix.tocsr\(\)"),
    ],
)
def test_a_damaged_sparse_matrix_is_refused_before_scipy_follows_it(tmp_path, name, value, said):
    whole = {
        "format": b"csr",
        "shape": [2, 2],
        "indices": [1, 0],
        "indptr": [0, 1, 2],
        "data": [1.0, 2.0],
    }
    np.savez(tmp_path / "x.npz", **whole)
    assert read_graph(tmp_path / "x.npz").toarray().tolist() == [[0, 1], [2, 0]]
    np.savez(tmp_path / "x.npz", **(whole | {name: value}))
    with pytest.raises(EvomodError, match=said):
        read_graph(tmp_path / "x.npz")


def test_a_damaged_matlab_file_is_refused(tmp_path):
    path = tmp_path / "x.mat"
    scipy.io.savemat(path, {"a": scipy.sparse.csc_matrix(np.eye(3, k=1))})
    good, said = path.read_bytes(), set()
    for at in range(100, len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x44]) + good[at + 1 :])
        try:
            read_graph(path)
        except EvomodError as error:
            said.add(str(error).partition(": ")[2].partition(". It looks")[0])
    assert {
        "the columns of a sparse matrix do not fit its values",
        "its header is not that of versions 5 to 7",
    } <= said
    path.write_bytes(b"MATLAB 7.3 MAT-file")
    with pytest.raises(EvomodError, match="save it with -v7"):
        read_graph(path)


def test_words_above_numbers_are_no_connection(tmp_path):
    (tmp_path / "a.csv").write_text("regulator,target\n1,2\n2,3\n3,1\n")
    with pytest.raises(EvomodError, match="'regulator' and 'target' are no numbers.*name its columns"):
        read_graph(tmp_path / "a.csv")
    for text in (
        "x,y\n1,2\ny,3\n",
        "x,1\n1,2\n2,3\n",
        "x,y\n",
    ):  # names among numbers; one end; nothing else
        (tmp_path / "a.csv").write_text(text)
        assert read_graph(tmp_path / "a.csv").number_of_edges() == text.count("\n")


def test_a_default_of_the_format_is_a_weight(tmp_path):
    graph = nx.DiGraph()
    graph.add_edge("a", "b", weight=2.5)
    graph.add_edge("b", "c")
    nx.write_graphml(graph, tmp_path / "g.graphml")
    text = (tmp_path / "g.graphml").read_text()
    kept = text.replace(
        'attr.name="weight" attr.type="double" />',
        'attr.name="weight" attr.type="double"><default>1.5</default></key>',
    )
    assert kept != text
    (tmp_path / "g.graphml").write_text(kept)
    assert sorted(edges_of(read_graph(tmp_path / "g.graphml"), "weight").weight.tolist()) == [1.5, 2.5]
    nx.write_gexf(graph, tmp_path / "g.gexf")
    assert sorted(edges_of(read_graph(tmp_path / "g.gexf"), "weight").weight.tolist()) == [1.0, 2.5]
    with pytest.raises(EvomodError, match="no attribute 'weight'"):
        nx.write_gexf(nx.path_graph(3), tmp_path / "g.gexf")
        edges_of(read_graph(tmp_path / "g.gexf"), "weight")


@pytest.mark.parametrize("kind", [int, float, np.int64, np.float32])
def test_a_weight_of_0_is_no_connection_of_whatever_type(kind):
    graph = nx.DiGraph()
    graph.add_edge("a", "b", weight=kind(1))
    graph.add_edge("b", "a", weight=kind(0))
    assert edges_of(graph).source.size == 1 and edges_of(graph).n_zero == 1


def test_names_in_quotation_marks_may_hold_spaces(tmp_path):
    (tmp_path / "a.txt").write_text('"a b" "c"\n"c"  "d"\n')
    assert set(read_graph(tmp_path / "a.txt").edges) == {("a b", "c"), ("c", "d")}


def test_a_symmetric_matrix_of_pajek_holds_edges(tmp_path):
    (tmp_path / "m.net").write_text("*Vertices 3\n*Matrix\n0 1 0\n1 0 2\n0 2 0\n")
    graph = read_graph(tmp_path / "m.net")
    assert not graph.is_directed() and sorted(graph.edges) == [("1", "2"), ("2", "3")]
    (tmp_path / "m.net").write_text("*Vertices 3\n*Matrix\n0 1 0\n1 0 2\n0 0 0\n")
    assert read_graph(tmp_path / "m.net").is_directed()
