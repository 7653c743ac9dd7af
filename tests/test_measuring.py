"""Everything about one network: the numbers are those of the measures, and Q never stands without a null."""

import json
import subprocess
import sys

import networkx
import numpy as np
import pytest

from evomod import measures
from evomod.errors import EvomodError
from evomod.measuring import measure_network, null_note, report
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
    with pytest.raises(EvomodError, match="task 'retina' wants a network"):
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
            [sys.executable, "-m", "evomod", "measure", *arguments],
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


def test_large_networks_have_fewer_nulls_and_larger_ones_are_refused():
    graph = networkx.gnm_random_graph(60, 90, directed=True, seed=1)
    told = measure_network(graph, draws=DRAWS + 1000)
    assert all(row["draws"] <= 50 for row in told["modularity"])
    assert all(
        row["q_m"] is None or np.isnan(row["q_m"])
        for row in told["modularity"]
        if row["method"] != "best found"
    )
    assert "girvan-newman" not in {row["method"] for row in told["modularity"]}
    assert "not sought" in told["modularity"][0]["note"]
    with pytest.raises(EvomodError, match="up to 500 nodes"):
        measure_network(networkx.path_graph(501, create_using=networkx.DiGraph), draws=1)
