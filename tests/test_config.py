"""Configs: strict, all mistakes at once, round trips."""

import tomllib

import numpy as np
import pytest
from conftest import make_task

from evomod.config import Config, apply_pressures, dump_config, load_config
from evomod.encodings import layered
from evomod.errors import EvomodError
from evomod.evolution import setup as preparation
from evomod.evolution.setup import prepare
from evomod.files.configs import apply_settings, read_config
from evomod.sections import VariationSection
from evomod.task import load_task


def refused(**data):
    with pytest.raises(EvomodError) as caught:
        Config(**data)
    return str(caught.value)


def test_defaults_are_the_papers_performance_alone_but_for_ties():
    ours = prepare(Config(task="retina", selection={"ties": "parents-first"})).config
    theirs = load_config("scripts/clune2013/performance_alone.toml")
    assert dump_config(ours) == dump_config(prepare(theirs).config)


def test_the_two_treatments_differ_in_the_pressure_and_in_who_survives_among_equals():
    alone = read_config("scripts/clune2013/performance_alone.toml")
    costly = read_config("scripts/clune2013/connection_cost.toml")
    pressure = costly.pop("pressures")
    assert (alone["selection"].pop("ties"), costly["selection"].pop("ties")) == (
        "parents-first",
        "random",
    )
    assert costly == alone
    assert pressure == {"connection-cost": {"measure": "wiring-length", "probability": 0.25}}


def test_a_dumped_config_is_read_back_the_same():
    config = Config(
        task={"name": "retina", "goal": "left-or-right"},
        network={"encoding": "layered-real", "weight_range": [-1, 1]},
        pressures={"connection-cost": {"measure": "nodes"}},
    )
    assert Config(**tomllib.loads(dump_config(config))) == config


def test_all_mistakes_are_told_at_once_with_their_paths():
    text = refused(
        task="retina",
        network={"weigts": [1], "gain": -1, "weights": [0]},
        evolution={"population": "many", "generations": -5},
        foo=1,
    )
    for part in (
        "network.weigts: unknown key; did you mean 'weights'?",
        "network.gain: wanted greater than 0; got -1",
        "network.weights: 0 is no weight",
        "evolution.population: wanted a valid integer; got 'many'",
        "evolution.generations: wanted greater than or equal to 0; got -5",
        "foo: unknown key",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "task: is missing"),
        (
            {"task": "retina", "network": {"encoding": "nand"}},
            "wanted one of circuit, cppn, gate-layers, gene-network, layered, .*; got 'nand'",
        ),
        (
            {"task": "retina", "network": {"encoding": "layered-real", "weights": [1]}},
            "belongs to the encoding 'layered'; this config's is 'layered-real'",
        ),
        (
            {"task": "retina", "variation": {"weight_change": "product"}},
            "variation.weight_change: belongs to the encoding 'layered-real'; this config's is 'layered'",
        ),
        (
            {"task": "circuit", "network": {"encoding": "circuit"}, "variation": {"eta": 1}},
            "variation.eta: belongs to the encoding '.*layered-real'; this config's is 'circuit'",
        ),
        (
            {
                "task": "retina",
                "network": {"encoding": "layered-real"},
                "variation": {"weight_change": "quotient"},
            },
            "variation.weight_change: .*'polynomial', 'sum' or 'product'",
        ),
        ({"task": "retina", "network": {"weights": [1, 300]}}, "int8"),
        ({"task": "retina", "network": {"initial_connections": [5, 2]}}, "fewest"),
        ({"task": "retina", "network": {"layers": [8]}}, "an input and an output layer"),
        ({"task": "retina", "variation": {"bias_rate": 1.5}}, "variation.bias_rate"),
        ({"task": "retina", "variation": {"bias_change": "jump"}}, "'resample' or 'step'"),
        (
            {"task": "retina", "pressures": {"connection-cost": {"probability": 2}}},
            "connection-cost.probability",
        ),
        ({"task": "retina", "network": {"gain": float("inf")}}, "network.gain"),
        ({"task": "retina", "network": {"encoding": ["a"]}}, "wanted one of circuit"),
        ({"task": "retina", "network": {"initial_connections": [5, 10**20]}}, "1000000"),
        (
            {"task": 5},
            r"task: wanted a task's name or the path of its file, or a section, \[task\]; got 5",
        ),
        ({"task": "retina", "network": 3}, r"wanted a section, \[network\]"),
        (
            {"task": "retina", "network": {"encoding": "layered-real", "weight_range": [2, 1]}},
            "low < high",
        ),
    ],
)
def test_one_mistake_one_line(data, message):
    import re

    assert re.search(message, refused(**data))


def test_settings_override_and_are_typed():
    data = apply_settings({"task": "retina"}, ["task.goal=left-or-right", "network.weights=[2,-1,1,2]"])
    config = Config(**data)
    assert config.task.goal == "left-or-right"
    assert config.network.weights == (2, -1, 1, 2)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(EvomodError, match="dotted.name=value"):
        apply_settings({}, ["generations"])
    with pytest.raises(EvomodError, match="is a value, not a section"):
        apply_settings({"evolution": 3}, ["evolution.generations=1"])


def test_pressures_on_the_command_line():
    data = apply_pressures(
        {}, ["connection-cost:probability=0.5,measure=nodes", "behavioural-diversity"]
    )
    assert data["pressures"] == {
        "connection-cost": {"probability": 0.5, "measure": "nodes"},
        "behavioural-diversity": {},
    }
    with pytest.raises(EvomodError, match="no pressure 'gravity'; known: .*connection-cost"):
        apply_pressures({}, ["gravity"])


def test_the_papers_xor_settings_are_read_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("five_xor", "hierarchical_xor"):
        config = prepare(load_config(f"scripts/clune2013/{name}.toml")).config
        assert config.variation.min_connections == 20 and config.network.tie_rule == "zero-is-no"


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + b'task = "retina"\r\n')
    assert load_config(tmp_path / "bom.toml").task.name == "retina"


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(EvomodError, match="there is no config"):
        read_config(tmp_path / "no.toml")
    (tmp_path / "bad.toml").write_text("a = = 1")
    with pytest.raises(EvomodError, match=r"bad.toml cannot be read: it is not valid TOML: [^:]*line 1"):
        read_config(tmp_path / "bad.toml")


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"layers": [6, 4, 1]}, "6 inputs and 1 outputs; task 'retina' has 8 and 1"),
        ({"layers": [8, 4, 3]}, "8 inputs and 3 outputs"),
        ({"coordinates": [[0, 0]]}, "1 points; layers .* 23 nodes"),
    ],
)
def test_what_does_not_fit_the_task_is_refused(network, message):
    with pytest.raises(EvomodError, match=message):
        prepare(Config(task="retina", network=network))


def test_layers_that_no_memory_holds_are_refused(monkeypatch):
    with pytest.raises(EvomodError, match="at most 4096 nodes"):
        Config(task="retina", network={"layers": [8, 400_000_000, 1]})
    monkeypatch.setattr(preparation, "_bytes_there", lambda: 1e8)
    layers, evolution = {"layers": [8, 2000, 400, 1]}, {"population": 10}
    with pytest.raises(EvomodError, match=r"need about .* GB of memory.*network.layers to fewer nodes"):
        prepare(Config(task="retina", network=layers, evolution=evolution))


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (50e9, "need about 1[0-9]{2} GB of memory, and 50 GB are there. What all individuals answer"),
        (1e9, "and 1.0 GB are there.*reduce evolution.population"),
        (1e12, None),
        (None, None),
    ],
)
def test_populations_that_no_memory_holds_are_refused(monkeypatch, there, message):
    """100,000 networks of 16 inputs remember what 31 neurons answer to 65,536 patterns."""
    monkeypatch.setattr(preparation, "_bytes_there", lambda: there)
    task, config = make_task(16), Config(task="retina", evolution={"population": 100_000})
    if message is None:
        assert prepare(config, task).encoding.wiring.n_neurons == 31
    else:
        with pytest.raises(EvomodError, match=message):
            prepare(config, task)


@pytest.mark.parametrize("encoding", ["layered", "layered-real", "threshold", "circuit"])
def test_memory_is_counted_for_every_encoding(monkeypatch, encoding):
    """A thousandth of a large population's need is a small one's, and what is allocated is in it."""
    task = make_task(6)
    small, large = (
        Config(task="retina", network={"encoding": encoding}, evolution={"population": n})
        for n in (1000, 1_000_000)
    )
    needed, more = (sum(preparation._bytes_needed(c, task).values()) for c in (small, large))
    setup = prepare(small, task)
    genomes = setup.toolbox.birth(1000, np.random.default_rng(1))
    assert setup.encoding.memory(2000).nbytes + 5 * genomes.nbytes <= needed
    monkeypatch.setattr(preparation, "_bytes_there", lambda: 10 * needed)
    assert 900 * needed < more <= 1000 * needed
    with pytest.raises(EvomodError, match="GB of memory"):
        prepare(large, task)


def test_the_sign_kernel_is_chosen_only_where_it_is_exact():
    task = load_task("retina")
    assert layered.build(Config(task="retina").network, task).uses_sign
    heavy = Config(task="retina", network={"weights": [-127, 127], "layers": [8, 500, 1]}).network
    assert layered.build(heavy, task).uses_sign
    soft = Config(task="retina", network={"gain": 1.0}).network
    assert not layered.build(soft, task).uses_sign
    real = Config(task="retina", network={"encoding": "layered-real"}).network
    assert not layered.build(real, task).uses_sign


def test_a_task_without_layers_gets_sensible_ones(tmp_path):
    path = tmp_path / "plain.py"
    path.write_text(
        "from evomod.task import Task\n"
        "TASK = Task(name='plain', inputs=('a','b','c','d'), subgoals={'s': lambda x: x.a ^ x.b},"
        " goals={'g': lambda s: s})\n"
    )
    assert prepare(Config(task=str(path))).config.network.layers == (4, 4, 2, 1)


def test_variation_of_layered_networks_is_taken_by_real_valued_ones():
    section = VariationSection(eta=3.0)
    config = Config(task="retina", network={"encoding": "layered-real"}, variation=section)
    assert config.variation.eta == 3.0 and config.variation.weight_change == "polynomial"
    again = Config(task="retina", network={"encoding": "layered-real"}, variation=config.variation)
    assert again == config
