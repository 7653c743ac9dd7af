"""MAP-Elites beside plain Python, generation by generation; the archive in the run folder, and resumed."""

import numpy as np
import pytest
from naive_selection import map_elites
from own_files import FAN_IN
from test_runs import contents

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.measures.modularity import modularity_of_many
from evomod.runs.run import begin, load_run, resume, run
from evomod.selections.base import Candidates
from evomod.selections.columns import COLUMNS
from evomod.selections.map_elites import SELECTION, MapElitesSection, cells

FILES = ("log.csv", "population.csv", "archive.csv", "best.json", "checkpoint.npz", "config.toml")


def config(**changes):
    sections = {
        "selection": {"method": "map-elites", "bins": [8, 8], "ranges": [[0.0, 100.0], [0.0, 0.5]]},
        "evolution": {"population": 30, "generations": 6},
        "tracking": {"population_every": 2},
    }
    return evomod.Config(task="retina", **(sections | changes))


def candidates(columns, fitness):
    n = fitness.size
    return Candidates(None, fitness[:, None], np.ones(1), np.zeros(n), None, 10, columns, fitness)


@pytest.mark.parametrize("seed", range(20))
def test_survivors_are_the_oracles_of_random_pools_with_ties(seed):
    rng = np.random.default_rng(seed)
    bins = tuple(rng.integers(1, 7, 2).tolist())
    ranges = ((0.0, 4.0), (-1.0, 1.0))
    section = MapElitesSection(method="map-elites", descriptors=("a", "b"), ranges=ranges, bins=bins)
    n = int(rng.integers(1, 60))
    columns = {"a": rng.integers(-8, 48, n) / 8, "b": rng.integers(-12, 13, n) / 8}
    fitness = rng.integers(0, 4, n) / 4
    individuals = zip(
        fitness.tolist(),
        zip(*(c.tolist() for c in columns.values()), strict=True),
        range(n),
        strict=True,
    )
    expected = [row for _, (_, _, row) in sorted(map_elites({}, individuals, ranges, bins).items())]
    found = SELECTION.survivors(candidates(columns, fitness), 10, section, rng)
    assert found.rows.tolist() == expected and not found.front.any()
    place = cells({k: v[found.rows] for k, v in columns.items()}, section)
    assert np.unique(place, axis=0).shape == place.shape and (place >= 0).all() and (place < bins).all()
    assert SELECTION.most(section, 10) == max(10, bins[0] * bins[1])


@pytest.mark.parametrize("seed", [1, 2])
def test_every_generation_is_the_archive_of_all_that_have_been_seen(seed):
    setup = evomod.prepare(config())
    seen, vary = [], setup.toolbox.vary

    def recorded(genomes, parents, rng):
        seen.append(vary(genomes, parents, rng))
        return seen[-1]

    setup.toolbox.register("vary", recorded)
    archive, section = {}, setup.config.selection
    for generation in evomod.evolve(setup.config, seed, setup=setup):
        fresh = seen.pop() if seen else None
        if fresh is None:
            fresh = setup.toolbox.birth(30, np.random.default_rng(seed))
        assert fresh.shape[0] == 30
        working = setup.encoding.simplify(fresh)
        q, _ = modularity_of_many(setup.encoding.wiring, working, "clune2013")
        cost = setup.toolbox.cost(working, np.full(30, -1), np.zeros(30))
        memory = setup.encoding.memory(30)
        yes, no = setup.encoding.answer(fresh, np.full(30, -1), np.arange(30), memory)
        fitness = evomod.population.score(yes, no, generation.rewarded, "strict")
        pool = zip(
            fitness.tolist(), zip(cost.tolist(), q.tolist(), strict=True), fresh.tolist(), strict=True
        )
        archive = map_elites(archive, pool, section.ranges, section.bins)
        expected = [individual for _, individual in sorted(archive.items())]
        assert generation.population.genomes.tolist() == [genome for *_, genome in expected]
        assert generation.fitness.tolist() == [fitness for fitness, *_ in expected]
    assert len(archive) > 5 and generation.number == 6


def test_the_archive_is_a_table_of_the_run_and_resumed_to_the_same_bytes(tmp_path):
    whole = run(config(), 3, tmp_path / "whole", progress=False)
    half = begin(config(evolution={"population": 30, "generations": 3}), 3, tmp_path / "half")
    resume(half, progress=False)
    resume(half, ["evolution.generations=6"], progress=False)
    assert contents(half, FILES) == contents(whole.folder, FILES)
    table, log = whole.archive, whole.log
    assert list(table) == [
        "bin:connection_cost", "bin:q_score", "connection_cost", "q_score", "best_fitness",
    ]  # fmt: skip
    assert table["best_fitness"].size == log["front_size"][-1]
    assert table["best_fitness"].max() == log["best_fitness"][-1]
    assert (np.diff(log["best_fitness"]) >= 0).all() and (np.diff(log["front_size"]) >= 0).all()
    later = run(
        config(evolution={"population": 30, "generations": 1, "start": str(whole.folder)}),
        4,
        tmp_path / "later",
    )
    assert later.log["front_size"][0] == log["front_size"][-1]


def test_a_damaged_archive_is_refused(tmp_path):
    made = run(config(), 3, tmp_path / "x", progress=False)
    (made.folder / "complete").unlink()
    path = made.folder / "checkpoint.npz"
    with np.load(path) as file:
        fields = dict(file)
    for name in ("front", "genomes"):
        np.savez(path, **(fields | {name: fields[name][:-1]}))
        with pytest.raises(EvomodError, match="is damaged"):
            resume(made.folder)
    none = {n: fields[n][:0] for n in ("front", "genomes", "objectives", "crowding")}
    np.savez(path, **(fields | none))
    with pytest.raises(EvomodError, match="is damaged"):
        resume(made.folder)


@pytest.mark.parametrize("encoding", ["layered", "layered-real", "threshold", "circuit", "gate-layers"])
def test_columns_are_those_of_the_log(encoding):
    task = {"circuit": "circuit", "gate-layers": "circuit", "gene-network": "attractor"}.get(
        encoding, "retina"
    )
    for pair in (("connection_cost", "q_score"), ("connections", "neurons")):
        selection = {"method": "map-elites", "descriptors": pair, "ranges": [[0.0, 60.0], [0.0, 1.0]]}
        given = evomod.Config(
            task=task, network={"encoding": encoding}, selection=selection,
            evolution={"population": 12, "generations": 2},
        )  # fmt: skip
        last = list(evomod.evolve(given, 1))[-1]
        row = evomod.runs.tracking.Tracker(last.setup).row(last)
        logged = dict(zip(evomod.runs.tracking.columns(last.setup), row, strict=True))
        for name in pair:
            assert last.population.measured[name][last.best_row] == logged[name]
    assert set(COLUMNS) == {"connection_cost", "q_score", "connections", "neurons"}


def test_a_descriptor_may_be_a_pressures_number_ones_own_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fan_in.py").write_text(FAN_IN)
    selection = {
        "method": "map-elites",
        "descriptors": ["l1", "fan-in"],
        "ranges": [[0, 99], [0, 9]],
        "bins": [9, 9],
    }
    made = run(
        config(selection=selection, pressures={"fan_in.py": {"penalty": 0.001}}), 3, tmp_path / "x"
    )
    assert set(made.archive["fan-in"].tolist()) <= set(range(9)) and made.archive["l1"].max() > 5
    run(config(selection=selection | {"descriptors": ["l1", "l2"]}), 3, tmp_path / "y")


def test_hierarchy_and_modularity_are_numbers_and_not_distances(tmp_path):
    """As columns they are themselves, whichever way a pressure would push them."""
    for name, method in (("hierarchy", "hierarchy"), ("modularity", "q_score")):
        selection = {
            "method": "map-elites",
            "descriptors": ["connections", name],
            "ranges": [[0, 100], [0, 1]],
            "bins": [9, 9],
        }
        made = run(
            config(selection=selection, tracking={"hierarchy": True}), 3, tmp_path / name, progress=False
        )
        archive, log = made.archive, made.log
        best = archive["best_fitness"] == log["best_fitness"][-1]
        assert (archive[name] >= 0.0).all() and archive[f"bin:{name}"].max() > 0
        assert np.abs(archive[name][best] - log[method][-1]).min() < 1e-6


def test_the_map_has_the_fitness_of_the_log_whatever_is_taken_off(tmp_path):
    pressures = {
        "connection-range": {"fewest": 10, "most": 20},
        "connection-cost": {"measure": "connections", "penalty": 0.01},
    }
    made = run(config(pressures=pressures), 3, tmp_path / "x", progress=False)
    fitness = made.archive["best_fitness"]
    assert ((fitness >= 0.0) & (fitness <= 1.0)).all() and made.log["best_fitness"][-1] in fitness


def test_what_does_not_fit_is_refused_in_words(tmp_path, capsys):
    given = {"method": "map-elites"}
    for changes, message in (
        (
            {"descriptors": ["q_score", "colour"]},
            "looks at 'colour', which is not measured once an individual; known",
        ),
        (
            {"descriptors": ["q_score", "behavioural-diversity"]},
            "'behavioural-diversity', which is not measured once",
        ),
        ({"descriptors": ["q_score"]}, "selection.descriptors"),
        ({"descriptors": ["q_score", "q_score"]}, "two that differ"),
        ({"bins": [0, 3]}, "two numbers of bins from 1"),
        ({"bins": [2000, 2000]}, "at most 1,000,000 cells"),
        ({"ranges": [[0.0, 0.0], [0.0, 1.0]]}, "lowest < highest"),
    ):
        with pytest.raises(EvomodError, match=message):
            evomod.Config(task="retina", selection=given | changes)
    with pytest.raises(
        EvomodError, match="'l1', which requires connections with weights; encoding 'circuit' lacks"
    ):
        evomod.Config(
            task="circuit",
            network={"encoding": "circuit"},
            selection=given | {"descriptors": ["q_score", "l1"]},
        )
    with pytest.raises(
        EvomodError, match="'map-elites' sees fitness only, and connection-cost is a further objective"
    ):
        evomod.Config(task="retina", selection=given, pressures={"connection-cost": {}})
    assert main(["evolve", "retina", "--set", "selection.method=map-elites", "--show-config"]) == 0
    assert "bins = [\n    200,\n    200,\n]" in capsys.readouterr().out


OWN = """
import numpy as np
from evomod import Selection, Survivors

def breed(candidates, section, rng):
    return None, rng.integers(candidates.size, size=candidates.number)

def survivors(candidates, number, section, rng):
    rows = np.argsort(candidates.columns["connections"], kind="stable")[:SPAN]
    return Survivors(rows, np.zeros(rows.size, np.int64), np.zeros(rows.size))

def table(candidates, section):
    return TABLE

SELECTION = Selection(
    "sparse", breed, survivors, columns=lambda section: ("connections",), capacity=lambda section: 40, table=table
)
"""


def own(span, table="{'connections': candidates.columns['connections']}"):
    return OWN.replace("SPAN", span).replace("TABLE", table)


def test_ones_own_archive(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sparse.py").write_text(own("25"))
    whole = run(config(selection={"method": "sparse.py"}), 3, tmp_path / "whole")
    assert whole.archive["connections"].size == whole.log["front_size"][-1] != 30
    before = contents(whole.folder, FILES)
    (whole.folder / "checkpoint.npz").unlink()
    (whole.folder / "complete").unlink()
    assert contents(resume(whole.folder).folder, FILES) == before
    assert load_run(whole.folder).archive["connections"].size > 1
    (tmp_path / "sparse.py").write_text(own("41"))
    with pytest.raises(EvomodError, match="returned 41 rows; expected 1 to 40, its capacity"):
        list(evomod.evolve(config(selection={"method": "sparse.py"}), 3))
    (tmp_path / "sparse.py").write_text(own("25", "{'connections': [1]}"))
    with pytest.raises(
        EvomodError, match=r"table: expected arrays \[individual\] by their columns' names"
    ):
        run(config(selection={"method": "sparse.py"}), 3, tmp_path / "other")
