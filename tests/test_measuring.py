"""Everything about one network: the numbers are those of the measures, and Q never stands without a null."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import networkx
import numpy as np
import pytest
from test_functional_modularity import two_sides

from evomod import measures
from evomod.bench.modularity import random_layered
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.measures import report as report_module
from evomod.measures.edges import edges_of
from evomod.measures.files import read_graph
from evomod.measures.hierarchy import steps_of
from evomod.measures.report import Wish, _of_given, measure_network, measure_parts, null_note
from evomod.measures.report_text import CSV_COLUMNS, _given_text, csv_rows, report
from evomod.network import Network, network_json
from evomod.task import load_task

DRAWS = 30


@pytest.fixture(scope="module")
def retina():
    """Two hidden neurons that each see half of the inputs, and an output that sees both."""
    layer = np.array([0] * 8 + [1, 1, 2])
    source = np.array([*range(8), 8, 9])
    target = np.array([8] * 4 + [9] * 4 + [10, 10])
    return Network(
        layer=layer,
        positions=np.stack((np.arange(11.0), layer.astype(float)), axis=1),
        bias=np.zeros(11),
        source=source,
        target=target,
        weight=np.ones(10),
        about={"task": "retina", "goal": "left-and-right"},
    )


def test_every_q_stands_beside_its_null(retina):
    told = measure_network(retina, draws=DRAWS)
    methods = {(row["method"], row["directed"]) for row in told["modularity"]}
    assert {("clune2013", True), ("refined", True), ("refined", False), ("exact", True)} <= methods
    for row in told["modularity"] + told["modularity_layered"]:
        assert row["draws"] > 0 and np.isfinite(row["q_rand"])
        if row["method"] != "exact":
            found = measures.modularity(retina, directed=row["directed"], method=row["method"])
            assert row["q"] == found.q
    best = next(row["q"] for row in told["modularity"] if row["method"] == "exact")
    assert all(row["q"] <= best + 1e-12 for row in told["modularity"] if row["directed"])


def test_the_task_of_a_network_is_found_and_its_halves_are_apart(retina):
    told = measure_network(retina, draws=DRAWS)["task"]
    assert told["split_in_two"]["is_perfect"] and set(told["subgoals"]) == {"left", "right"}
    assert measure_network(networkx.DiGraph([(0, 1), (1, 2)]), draws=DRAWS).get("task") is None


def test_text_and_data_say_the_same(retina):
    told = measure_network(retina, draws=DRAWS)
    text = report("it", told)
    assert "11 nodes with 10 connections, simplified" in text
    assert f"{told['hierarchy']:.3f}" in text and "left" in text and "nulls (layered)" in text
    assert "±" in text.split("clune2013, directed")[1].splitlines()[0]


def test_weights_are_used_where_they_are_asked_for():
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from([(0, 1, 5.0), (1, 0, 5.0), (2, 3, 5.0), (1, 2, 0.1)])
    told = measure_network(graph, weight="weight", draws=DRAWS)
    assert "clune2013" not in {row["method"] for row in told["modularity"]}
    row = next(r for r in told["modularity"] if r["method"] == "refined" and r["directed"])
    assert row["q"] == measures.modularity(graph, weight="weight", method="refined").q


def test_a_network_without_connections_is_refused():
    with pytest.raises(EvomodError, match="no connection"):
        measure_network(np.zeros((3, 3)))


def test_connections_without_a_direction_count_once():
    karate = networkx.karate_club_graph()
    for graph in (karate, networkx.to_numpy_array(karate)):
        told = measure_network(graph, draws=2)
        assert told["connections"] == 78 and "78 undirected connections" in report("it", told)
    both_ways = measure_network(networkx.complete_graph(4).to_directed(), draws=2)
    assert both_ways["connections"] == 12 and "4 nodes with 12 connections" in report("it", both_ways)
    assert "2 nodes with 1 connection\n" in report("it", measure_network([[0, 1], [0, 0]], draws=2))


def test_motifs_and_percentile_stand_beside_the_null_that_they_are_of(retina):
    told = measure_network(retina, null="erdos-renyi", draws=DRAWS)
    text = report("it", told)
    assert told["null"] == "erdos-renyi" and told["null_of_motifs"] == "degree-preserving"
    table = next(line for line in text.splitlines() if line.startswith("subgraphs of 3"))
    assert "nulls (degree-preserving)" in table
    assert "percentile" in text and f"{told['modularity'][0]['percentile']:.1f}" in text


def test_one_draw_has_no_spread_and_says_so():
    text = report("it", measure_network([[0, 1, 0], [0, 0, 1], [0, 0, 0]], draws=1))
    assert "± -, 1 draw " in text and "nan," not in text


def test_a_task_wants_a_network_that_answers():
    with pytest.raises(EvomodError, match="task 'retina' requires a network"):
        measure_network([[0, 1], [0, 0]], task=load_task("retina"))


def test_the_note_on_chance_for_networks_in_layers_and_without_connections(retina):
    note = null_note(retina, "clune2013")
    assert note.startswith("rewired ") and "within layers" in note
    bare = Network(
        layer=np.array([0, 1]), positions=np.zeros((2, 2)), bias=np.zeros(2),
        source=np.zeros(0, np.int64), target=np.zeros(0, np.int64), weight=np.zeros(0),
    )  # fmt: skip
    assert null_note(bare, "clune2013") == "no connection"


def test_the_command_measures_files_and_refuses_what_is_none(retina, tmp_path):
    def evomod(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "evomod", "measure", "--quiet", *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    path = tmp_path / "best.json"
    path.write_text(network_json(retina))
    done = evomod(str(path), "--json", "--draws", "20")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["connections"] == 10
    other = 'TASK = Task("retina", tuple("abcdefgh"), {"first": lambda x: x.a}, {"all": lambda first: first})'
    (tmp_path / "task.py").write_text("from evomod.task import Task\n" + other + "\n")
    kept = evomod(str(tmp_path), "--json", "--draws", "20")  # a task that is not that of its name
    assert json.loads(kept.stdout)["task"] is None and "named with --task" in kept.stderr
    kept = evomod(str(tmp_path), "--json", "--draws", "20", "--task", str(tmp_path / "task.py"))
    assert set(json.loads(kept.stdout)["task"]["subgoals"]) == {"first"}, kept.stderr
    for arguments, said in (
        (["nothing.json"], "there is no network file"),
        ([str(path), "--null", "magic"], "magic"),
        ([str(path), "--task", "chess"], "chess"),
        ([str(path), "--draws", "0"], "draws"),
    ):
        failed = evomod(*arguments)
        assert failed.returncode == 2 and said in failed.stderr
        assert len(failed.stderr.strip().splitlines()) == 1


def test_motifs_of_networks_in_layers_stand_beside_nulls_in_layers(retina):
    told = measure_network(retina, draws=DRAWS)
    assert told["null_of_motifs"] == "layered"
    loops = [row for row in told["motifs_3"] if row["name"] == "three-node loop"]
    assert not loops  # no null of a network that feeds forward has one


def test_large_networks_have_fewer_nulls_and_methods():
    graph = networkx.gnm_random_graph(80, 160, directed=True, seed=1)
    told = measure_network(graph, draws=5)
    assert {row["method"] for row in told["modularity"]} == {
        "clune2013",
        "leading-eigenvector",
        "refined",
    }
    assert all(row["draws"] == 5 and np.isnan(row["q_m"]) for row in told["modularity"])
    row = told["modularity"][-1]
    assert "not sought" in row["note"] and "first search" in row["note"]
    found = measures.normalised_modularity(
        graph, draws=5, method="refined-once", rng=np.random.default_rng(1)
    )
    assert (row["z"], row["z_low"]) == (found.z, found.z_low)


def test_what_is_cheap_is_known_first_and_what_is_missing_is_said(retina):
    parts = [(list(told["unfinished"]), report("it", told)) for told in measure_parts(retina, draws=5)]
    assert parts[0][0] == ["motifs", "nulls"] and "not finished: motifs, nulls" in parts[0][1]
    assert (
        "refined, directed" in parts[0][1] and parts[-1][0] == [] and "not finished" not in parts[-1][1]
    )
    told = []
    measure_network(retina, draws=5, tell=lambda what, done, number: told.append((what, done, number)))
    assert ("Q by refined in nulls", 5, 5) in told and ("subgraphs of 3 nodes in nulls", 5, 5) in told


def test_weights_signs_and_resolution_are_those_of_the_measures():
    rng = np.random.default_rng(1)
    matrix = np.triu(rng.normal(size=(12, 12)), 1)
    matrix += matrix.T
    told = measure_network(matrix, weight="weight", signed="gomez2009", resolution=1.2, draws=5)
    (row,) = told["modularity"]
    found = measures.modularity(matrix, "refined", weight="weight", signed="gomez2009", resolution=1.2)
    assert row["q"] == found.q and row["draws"] == 5 and not row["directed"]
    assert told["modules"] == {str(k): m for k, m in found.by_name.items()}
    assert "resolution 1.2, negative weights as gomez2009" in report("it", told)
    with pytest.raises(EvomodError, match="--signed"):
        measure_network(matrix, weight="weight")
    with pytest.raises(EvomodError, match="resolution is a number above 0"):
        measure_network(matrix, resolution=0.0)


def test_signed_weights_of_a_layered_network_have_no_layered_null():
    network = two_sides()
    weight = np.where(np.arange(network.weight.size) % 3 == 0, -1.0, 1.0)
    told = measure_network(replace(network, weight=weight), weight="weight", signed="gomez2009", draws=5)
    assert "modularity_layered" not in told and told["modularity"][0]["draws"] == 5


def test_modules_that_are_given_stand_beside_the_same_modules_in_nulls():
    graph = networkx.DiGraph([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("b", "c")])
    modules = {"a": "one", "b": "one", "c": "two", "d": "two"}
    told = measure_network(graph, modules=modules, draws=50)["given_modules"]
    assert told["q"] == measures.quality(graph, modules) and told["modules"] == 2
    cut = measures.n_cut(graph, weight=None, null=None, modules=[0, 0, 1, 1])
    assert told["n_cut"] == pytest.approx(cut.n_cut) and told["z"] > 0
    with pytest.raises(EvomodError, match="leave out 1 node"):
        measure_network(graph, modules={"a": 1, "b": 1, "c": 2})


@pytest.mark.parametrize("null", ["milo2002", "milo2002-triads", "erdos-renyi", "layered", "genomes"])
def test_modules_that_are_given_stand_beside_every_null_that_applies(null):
    layers = random_layered(1, np.random.default_rng(2))[0]
    graph = networkx.from_numpy_array(layers, create_using=networkx.DiGraph)
    networkx.set_node_attributes(
        graph, dict(enumerate(np.repeat(range(5), (8, 8, 4, 2, 1)).tolist())), "layer"
    )
    modules = {node: node % 2 for node in graph}
    row = _of_given(graph, edges_of(graph), Wish(modules=modules, null=null), True, 40)
    if null == "genomes":
        assert row["draws"] == 0 and "other nodes" in row["note"] and "other nodes" in _given_text(row)
        return
    assert row["draws"] == 40
    assert row["z_low"] < row["z"] < row["z_high"] and f"({row['z_low']:.1f} to" in _given_text(row)
    if null == "erdos-renyi":
        drawn = measures.random_graphs(layers, null, 40, np.random.default_rng(1))
        expected = [measures.quality(matrix, list(modules.values()), directed=True) for matrix in drawn]
        assert row["q_rand"] == pytest.approx(np.mean(expected))


def test_z_of_subgraphs_has_its_interval_in_text_and_table():
    graph = networkx.gnp_random_graph(12, 0.25, seed=3, directed=True)
    told = measure_network(graph, draws=20, modules={node: node % 2 for node in graph})
    first = max(told["motifs_3"], key=lambda row: abs(row["z"]) if np.isfinite(row["z"]) else -1)
    assert f"{first['z']:.1f} ({first['z_low']:.1f} to {first['z_high']:.1f})" in report("it", told)
    table = [dict(zip(CSV_COLUMNS, row, strict=True)) for row in csv_rows("it", told)]
    (row,) = (row for row in table if row["subgraph"] == first["id"] and row["subgraph_size"] == 3)
    assert (row["count"], row["z"], row["z_low"]) == (first["count"], first["z"], first["z_low"])
    assert [row["q"] for row in table if row["method"] == "given"] == [told["given_modules"]["q"]]


def test_a_large_network_has_fewer_nulls_and_what_takes_too_long_is_said(monkeypatch):
    """The limits are lower here; what is asked for by number is drawn."""
    graph = networkx.gnm_random_graph(70, 140, seed=1, directed=True)
    for name, value in (("LARGE_NODES", 65), ("DRAWS_OF_LARGE", 3), ("CHEAP_STEPS", 10)):
        monkeypatch.setattr(report_module, name, value)
    monkeypatch.setattr(report_module, "MOST_NODES_MOTIFS", 60)
    parts = [dict(told, unfinished=list(told["unfinished"])) for told in measure_parts(graph)]
    assert parts[0]["unfinished"] == ["hierarchy", "motifs", "nulls"] and np.isnan(parts[0]["hierarchy"])
    assert parts[1]["hierarchy"] == measures.hierarchy(graph) and parts[1]["unfinished"] == [
        "motifs",
        "nulls",
    ]
    assert (
        {row["draws"] for row in parts[-1]["modularity"]}
        == {3}
        == {parts[-1]["hierarchy_null"]["draws"]}
    )
    assert "subgraphs are counted in networks of up to 60 nodes" in report("it", parts[-1])
    steps = steps_of(edges_of(graph), False)
    assert 0 < steps < 70 * 70 * (70 + 140)
    monkeypatch.setattr(report_module, "FEWEST_DRAWS", 3)
    monkeypatch.setattr(report_module, "MOST_STEPS", steps * 2)
    told = measure_network(graph)
    assert (
        "the hierarchy of nulls would take minutes" in report("it", told)
        and "hierarchy_null" not in told
    )
    assert measure_network(graph, draws=4)["hierarchy_null"]["draws"] == 4
    monkeypatch.setattr(report_module, "MOST_STEPS", steps - 1)
    told = measure_network(graph)
    assert f"would take about {steps:.0e} steps; it" in report("it", told) and np.isnan(
        told["hierarchy"]
    )
    assert told["unfinished"] == [] and told["modularity"][0]["draws"] == 3


def test_where_no_exchange_is_possible_it_is_said_and_the_rest_is_known():
    """A star, every connection of which ends in its middle; with another connection there is one."""
    star = networkx.DiGraph([(k, "middle") for k in range(5)])
    for null in ("degree-preserving", "milo2002"):
        text = report("it", measure_network(star, draws=3, null=null))
        assert f"every {null} null is the network itself" in text and "Q by method" in text
    star.add_edge("a", "b")
    assert "nulls_note" not in measure_network(star, draws=3)
    full = np.zeros((6, 6))
    full[:2, 2:4] = full[2:4, 4:] = 1.0
    layers = networkx.from_numpy_array(full, create_using=networkx.DiGraph)
    networkx.set_node_attributes(layers, {k: k // 2 for k in range(6)}, "layer")
    assert "every layered null is the network itself" in report("it", measure_network(layers, draws=3))


def test_weights_are_those_of_the_hierarchy_too_unless_some_are_negative():
    graph = networkx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 2.0), ("b", "c", 0.5), ("c", "d", 1.0), ("a", "d", 3.0)])
    told = measure_network(graph, weight="weight", draws=3)
    assert told["hierarchy"] == measures.hierarchy(graph, weight="weight") != measures.hierarchy(graph)
    assert "global reaching centrality, by weights along paths" in report("it", told)
    assert told["hierarchy_null"]["hierarchy"] == told["hierarchy"]
    graph["a"]["b"]["weight"] = -2.0
    told = measure_network(graph, weight="weight", signed="gomez2009", draws=3)
    assert told["hierarchy"] == measures.hierarchy(graph)
    assert "without weights, as some are negative" in report("it", told)


def test_what_was_made_of_a_graph_is_said():
    graph = networkx.MultiGraph([(0, 1), (0, 1), (1, 2), (2, 2)])
    graph.add_edge(0, 2, weight=0)
    text = report("it", measure_network(graph, draws=2))
    assert "undirected (of the data)" in text and "1 connection from a node to itself" in text
    assert "1 parallel connection counted" in text and "1 connection of weight 0 left out" in text
    assert "undirected (said)" in report(
        "it", measure_network(networkx.DiGraph([(0, 1)]), directed=False, draws=2)
    )


def test_a_file_is_told_whether_its_weights_count(tmp_path):
    (tmp_path / "a.csv").write_text("a,b,2\nb,c,1\n")
    graph = read_graph(tmp_path / "a.csv")
    without, weighted = (
        report("it", measure_network(graph, draws=2, weight=w)) for w in (None, "weight")
    )
    assert "directed (of the data), every connection counts as 1 (--weight" in without
    assert "directed (of the data), weighted by 'weight'" in weighted
    karate = networkx.karate_club_graph()
    assert "undirected (of the data), every connection counts as 1 (--weight" in report(
        "it", measure_network(karate, draws=2)
    )
    for graph in (networkx.path_graph(4), [[0, 1], [1, 0]]):
        assert "counts as 1" not in report("it", measure_network(graph, draws=2))


NO_ANSWERS = "takes an evomod Network; got Graph"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda graph: measures.functional_modularity(graph), NO_ANSWERS),
        (lambda graph: measures.lesions(graph, load_task("retina")), NO_ANSWERS),
        (lambda graph: measures.redundancy(graph, load_task("retina")), NO_ANSWERS),
        (lambda graph: measures.decomposition(graph, load_task("retina")), NO_ANSWERS),
        (lambda graph: measures.read_graph(graph), "read_graph takes a file's path; got"),
        (lambda graph: measures.null_hierarchy(graph, draws=2, jobs=0), "threads from 1; got 0"),
    ],
)
def test_what_takes_a_network_or_a_file_or_threads_says_so(call, message):
    with pytest.raises(EvomodError, match=message):
        call(networkx.karate_club_graph())


def evomod(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "evomod", "measure", *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_reads_several_files_writes_a_table_and_a_picture(tmp_path):
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("a,b\nb,a\nc,d\nd,c\nb,c\n")
    two.write_text("0,1,1\n1,0,1\n1,1,0\n")
    done = evomod(one, two, "--csv", "--draws", "5")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0].startswith("file,nodes,connections"), done.stderr
    assert any(line.startswith(f"{two},3,3,True") for line in lines)
    picture = tmp_path / "both.svg"
    both = json.loads(evomod(one, two, "--json", "--draws", "5", "--picture", picture).stdout)
    drawn = picture.read_text()
    assert all(f"<!-- {name} -->" in drawn for name in (one, two, *"abcd"))
    assert [told["file"] for told in both] == [str(one), str(two)]
    parts = tmp_path / "parts.csv"
    parts.write_text("node,module\na,x\nb,x\nc,y\nd,y\n")
    picture = tmp_path / "out.svg"
    done = evomod(one, "--undirected", "--modules", parts, "--picture", picture, "--draws", "5")
    assert done.returncode == 0 and "the modules given: 2, Q " in done.stdout, done.stderr
    assert "undirected (said)" in done.stdout and picture.read_text().startswith("<?xml")


def test_mistakes_of_the_command_are_one_message(tmp_path):
    one, parts = tmp_path / "a.csv", tmp_path / "parts.csv"
    one.write_text("a,b,1\nb,c,-2\n")
    parts.write_text("a,0\nb,0\nz,1\n")
    (tmp_path / "twice.csv").write_text("a,0\na,1\n")
    for arguments, said in (
        (("--weight", one), "measure which file?"),
        ((one, "--weight"), "--signed"),
        ((one, "--resolution", "0"), "resolution is a number above 0"),
        ((one, "--signed"), "weights are not asked for"),
        ((one, "--modules", parts), "does not have: z"),
        ((one, "--modules", tmp_path / "twice.csv"), "line 2: the node a stands twice"),
        ((one, "--modules", tmp_path / "none.csv"), "cannot be read"),
        ((one, one, "--modules", parts), "for one network"),
        ((one, "--picture", tmp_path / "x.doc", "--draws", "2"), "expected a picture's ending"),
    ):
        done = evomod(*arguments)
        assert done.returncode == 2 and said in done.stderr, (arguments, done.stderr)
        told = [line for line in done.stderr.splitlines() if not line.endswith(" s)")]  # a busy machine
        assert len(told) == 1, told


def test_what_takes_longer_says_what_it_is_and_ctrl_c_that_nothing_is_known(
    tmp_path, monkeypatch, capsys
):
    """A reader and a search that take their time; the second is interrupted."""
    path = tmp_path / "a.csv"
    path.write_text("a,b\nb,c\n")

    def slow(name):
        time.sleep(2.3)
        return networkx.DiGraph([("a", "b")])

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("evomod.measures.files.read_graph", slow)
    monkeypatch.setattr("evomod.measures.report.measure_parts", stopped)
    assert main(["measure", str(path)]) == 130
    said = capsys.readouterr()
    assert "a.csv: reading (2 s)" in said.err and "stopped before anything was known" in said.err
    assert said.out == ""


def test_ctrl_c_prints_what_is_known(tmp_path):
    """A signal while nulls are drawn, of which there are too many to end."""
    path = tmp_path / "a.csv"
    graph = networkx.gnm_random_graph(40, 90, directed=True, seed=1)
    path.write_text("".join(f"{a},{b}\n" for a, b in graph.edges))
    running = subprocess.Popen(
        [sys.executable, "-m", "evomod", "measure", str(path), "--draws", "100000000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    lines = iter(running.stderr.readline, "")
    assert any("subgraphs of 3 nodes in nulls" in line for line in lines)  # so that something is known
    running.send_signal(signal.SIGINT)
    text, _ = running.communicate(timeout=300)
    assert (
        running.returncode == 130
        and "not finished: motifs, nulls" in text
        and "refined, directed" in text
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda graph, rng: measures.modularity(graph, "refined", rng=rng),
        lambda graph, rng: measures.motifs(graph, 3, draws=3, rng=rng).z.tolist(),
        lambda graph, rng: measures.normalised_modularity(graph, draws=3, rng=rng).z,
        lambda graph, rng: measures.null_hierarchy(graph, draws=3, rng=rng).z,
        lambda graph, rng: measures.random_graphs(graph, "degree-preserving", 3, rng).tolist(),
    ],
)
def test_a_seed_a_generator_or_nothing_draws_and_anything_else_is_refused(call):
    graph = networkx.to_numpy_array(networkx.gnm_random_graph(12, 30, directed=True, seed=1))
    assert str(call(graph, 7)) == str(call(graph, np.random.default_rng(7)))
    assert str(call(graph, None)) == str(call(graph, None))
    for wrong in ("seven", -1, 1.5, True):
        with pytest.raises(EvomodError, match="rng: expected a generator"):
            call(graph, wrong)


def test_a_network_has_functional_modularity_and_its_agreement_with_connections(tmp_path):
    network = two_sides()
    told = measure_network(network, draws=20)
    rows = told["functional_modularity"]
    assert [(row["similarity"], row["layer"]) for row in rows] == [
        ("upstream", 1),
        ("downstream", 1),
        ("covariance", 1),
    ]
    for row, found in zip(rows, measures.functional_modularity(network, draws=20), strict=True):
        assert row["q"] == found.q == pytest.approx(0.5) and row["draws"] == 20
        assert row["by_unit"] == {str(k): int(k > 6) for k in range(4, 10)}
        assert row["agreement"]["ami"] == pytest.approx(1.0)
    text = report("it", told)
    assert "6 hidden units, 16 patterns" in text and "functional, downstream" in text
    json.dumps(told)
    assert "functional_modularity" not in measure_network(network.to_networkx(), draws=5)


# ------------------------------------------------------------------- lists that are undirected, parallel connections


def listed(graph, path, times=1):
    """A graph as a list of connections, each so many times."""
    lines = [f"n{a},n{b}\n" * (times if isinstance(times, int) else next(times)) for a, b in graph.edges]
    path.write_text("source,target\n" + "".join(lines))
    return read_graph(path)


def test_a_list_that_is_said_to_be_undirected_is_measured_as_an_undirected_graph(tmp_path):
    """Its motifs are those of undirected graphs, and its nulls keep its degrees."""
    graph = networkx.gnm_random_graph(70, 200, seed=2)
    told = measure_network(listed(graph, tmp_path / "l.csv"), directed=False, draws=DRAWS)
    same = measure_network(
        networkx.relabel_nodes(graph, {k: f"n{k}" for k in graph}), directed=None, draws=DRAWS
    )
    for size in (3, 4):
        counts = [{row["id"]: row["count"] for row in one[f"motifs_{size}"]} for one in (told, same)]
        assert counts[0] == counts[1]
    for one in (told, same):
        one["rows"] = {row["method"]: row for row in one["modularity"]}
    assert told["rows"].keys() == same["rows"].keys()
    for method, row in told["rows"].items():
        other = same["rows"][method]
        assert abs(row["q"] - other["q"]) < 0.02 and abs(row["q_rand"] - other["q_rand"]) < 0.02
        assert abs(row["z"]) < 5.0
    assert told["undirected"] and told["direction"] == "said"
    assert told["connections"] == same["connections"] == 200


@pytest.mark.parametrize("nodes", [40, 75])
@pytest.mark.parametrize("directed", [True, False])
def test_parallel_connections_are_in_the_nulls_as_they_are_in_q(tmp_path, nodes, directed):
    """A random graph with random numbers of parallel connections is no more modular than its nulls."""
    draw = np.random.default_rng(1)
    graph = networkx.gnm_random_graph(nodes, 3 * nodes, seed=1, directed=True)
    times = iter(draw.integers(1, 6, graph.number_of_edges()).tolist())
    told = measure_network(listed(graph, tmp_path / "l.csv", times), directed=directed, draws=DRAWS)
    assert told["parallel_connections"] > 0 and told["weight"] is None
    for row in told["modularity"]:
        assert abs(row["z"]) < 5.0, row
    multi = networkx.MultiDiGraph()
    multi.add_edges_from((a, b) for a, b in graph.edges for _ in range(1 + (a + b) % 3))
    q = measures.modularity(multi, "refined").q
    found = measures.normalised_modularity(multi, method="refined", draws=DRAWS)
    assert found.q == pytest.approx(q, abs=0.01) and abs(found.z) < 5.0


def test_what_is_known_is_told_if_a_later_file_is_refused(tmp_path):
    networkx.write_edgelist(networkx.karate_club_graph(), tmp_path / "a.csv", delimiter=",", data=False)
    (tmp_path / "zero.csv").write_text("a,b,0\nb,c,0\n")
    done = evomod(tmp_path / "a.csv", tmp_path / "zero.csv", "--draws", "2")
    assert done.returncode == 2 and "34 nodes" in done.stdout
    assert f"{tmp_path / 'zero.csv'}: the network has no connection" in done.stderr


def test_a_task_that_does_not_fit_is_refused_before_anything_is_drawn(retina):
    with pytest.raises(EvomodError, match="task 'circuit' has 4 inputs; the network has 8"):
        next(measure_parts(retina, task=load_task("circuit")))


@pytest.mark.parametrize("wish", [{"signed": "gomez2009"}, {"resolution": 2.0}])
@pytest.mark.parametrize("null", ["erdos-renyi", "layered"])
def test_a_null_that_negative_weights_or_a_resolution_lack_is_refused_before_anything_is_told(
    wish, null
):
    graph = np.triu(np.random.default_rng(1).random((9, 9)), 1)
    with pytest.raises(
        EvomodError, match=rf"degree-preserving and milo2002 alone; got null '{null}'\. Leave it out"
    ):
        next(measure_parts(graph, weight="weight", null=null, **wish))
