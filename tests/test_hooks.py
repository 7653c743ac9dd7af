"""Callbacks and replaced operators of runs; a name, a path or data where a config is expected."""

import ast
import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from deap import tools
from test_runs import contents

import evomod
from evomod.config import dump_config
from evomod.errors import EvomodError
from evomod.evolution import operators
from evomod.runs.run import load_run, resume, run

SMALL = {"population": 20, "generations": 10}
CONFIG = evomod.Config(task="retina", evolution=SMALL, pressures={"connection-cost": {}})
FILES = ("log.csv", "population.csv", "best.json", "checkpoint.npz")


def stop_at_four(generation):
    return generation.number == 4


def test_a_callback_sees_every_generation_and_changes_nothing(tmp_path):
    seen = []
    made = run(CONFIG, 1, tmp_path / "x", on_generation=lambda g: seen.append(g.number))
    assert seen == list(range(11)) and "stopped" not in made.manifest
    assert contents(made.folder, FILES) == contents(run(CONFIG, 1, tmp_path / "y").folder, FILES)


def test_a_callback_ends_a_run_as_a_stop_rule_does(tmp_path):
    made = run(CONFIG, 1, tmp_path / "x", on_generation=stop_at_four)
    assert made.is_complete and made.log["generation"].tolist() == [0, 1, 2, 3, 4]
    assert made.manifest["stopped"] == {"by": "on_generation test_hooks.stop_at_four", "generation": 4}
    assert made.manifest["end"] and made.best.about["generation"] == 4
    assert resume(made.folder).log["generation"].tolist() == [0, 1, 2, 3, 4]
    again = resume(made.folder, ["evolution.generations=12"])
    whole = run(
        evomod.Config(**CONFIG.model_dump() | {"evolution": SMALL | {"generations": 12}}),
        1,
        tmp_path / "y",
    )
    assert contents(again.folder, FILES) == contents(whole.folder, FILES)
    assert "stopped" not in again.manifest


def test_a_callback_that_raises_stops_the_run_with_its_state_saved(tmp_path):
    def spoil(generation):
        if generation.number == 3:
            raise KeyError("mine")

    with pytest.raises(EvomodError, match=r"on_generation \(test_hooks.*spoil\) at generation 3 fails .*test_hooks.py, "
                       r"line [0-9]+\): KeyError: 'mine'\. The state is saved"):  # fmt: skip
        run(CONFIG, 1, tmp_path / "x", on_generation=spoil)
    assert not load_run(tmp_path / "x").is_complete and (tmp_path / "x" / "checkpoint.npz").exists()
    seen = []
    resume(tmp_path / "x", on_generation=lambda g: seen.append(g.number))
    assert seen == list(range(4, 11))
    assert contents(tmp_path / "x", FILES) == contents(run(CONFIG, 1, tmp_path / "y").folder, FILES)


def test_a_callback_that_returns_something_else_is_told(tmp_path):
    with pytest.raises(
        EvomodError, match=r"at generation 0 returned 'yes'; expected True to end the run"
    ):
        run(CONFIG, 1, tmp_path / "x", on_generation=lambda g: "yes")
    resume(tmp_path / "x")


def replaced(**ops):
    setup = evomod.prepare(CONFIG)
    for name, function in ops.items():
        setup.toolbox.register(name, function)
    return setup


def best_first(objectives, number, rng):
    return np.argsort(-objectives[:, 0], kind="stable")[:number]


def worst_first(objectives, number, rng):
    return np.argsort(objectives[:, 0], kind="stable")[:number]


def test_replaced_operators_are_recorded_and_asked_for_again(tmp_path):
    stock = operators.stock_survival(partial(tools.selNSGA2, nd="log"))
    setup = replaced(survive=stock)
    made = run(setup.config, 1, tmp_path / "x", setup=setup)
    described = made.manifest["operators"]["survive"]
    assert described["function"]["import"] == "evomod.evolution.operators:survive_by_stock"
    assert described["arguments"][0]["function"]["import"].endswith("emo:selNSGA2")
    assert described["arguments"][0]["keywords"] == {"nd": "log"}
    assert "operators" not in run(CONFIG, 1, tmp_path / "z").manifest

    with pytest.raises(EvomodError, match="saved"):
        half = replaced(survive=best_first)
        folder = evomod.runs.run.begin(evomod.runs.run.beginning(CONFIG, half), 1, tmp_path / "y")
        resume(folder, watch=lambda generation: True, setup=half)
    with pytest.raises(
        EvomodError, match=r"operator 'survive' was test_hooks:best_first .* is evomod's own now"
    ):
        resume(folder)
    with pytest.raises(EvomodError, match=r"was test_hooks:best_first .* is test_hooks:worst_first"):
        resume(folder, setup=replaced(survive=worst_first))
    resume(folder, setup=replaced(survive=best_first))
    whole = run(CONFIG, 1, tmp_path / "w", setup=replaced(survive=best_first))
    assert contents(folder, FILES) == contents(whole.folder, FILES)


def test_an_operator_with_numbers_and_arrays(tmp_path):
    setup = evomod.prepare(CONFIG)
    low, up = operators.bounds(setup.encoding)
    mutate = partial(tools.mutUniformInt, low=low, up=np.array(up).tolist(), indpb=0.02)
    setup.toolbox.register("vary", operators.stock_variation(setup.encoding, mutate=mutate))
    made = run(CONFIG, 1, tmp_path / "x", setup=setup)
    given = made.manifest["operators"]["vary"]["arguments"]
    assert given[0] == {"encoding": "layered"} and given[1]["keywords"]["indpb"] == 0.02
    assert json.dumps(given)


def closure(bias):
    def survive(objectives, number, rng):
        return best_first(objectives + bias, number, rng)

    return survive


class Callable:
    def __call__(self, objectives, number, rng):
        return best_first(objectives, number, rng)


@pytest.mark.parametrize(
    ("operator", "message"),
    [
        (closure(0.0), "operator 'survive': 'closure.<locals>.survive' is a closure"),
        (eval("lambda objectives, number, rng: rng"), "neither an import path nor a source"),
        (partial(best_first, object()), "is given a object, which a run folder cannot record"),
        (Callable(), "neither an import path nor a source"),
    ],
)
def test_an_operator_that_cannot_be_recorded_is_refused_before_anything_is_written(
    tmp_path, operator, message
):
    with pytest.raises(EvomodError, match=message):
        run(CONFIG, 1, tmp_path / "x", setup=replaced(survive=operator))
    assert not (tmp_path / "x").exists()


def test_a_lambda_with_a_source_is_recorded_by_it(tmp_path):
    setup = replaced(survive=lambda objectives, number, rng: best_first(objectives, number, rng))
    made = run(CONFIG, 1, tmp_path / "x", setup=setup)
    assert "lambda objectives" in made.manifest["operators"]["survive"]["function"]["source"]


def test_a_setup_of_another_config_is_refused(tmp_path):
    with pytest.raises(EvomodError, match="prepared from another config"):
        run("retina", 1, tmp_path / "x", setup=replaced())


def test_a_name_a_path_or_data_stand_for_a_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(
        'task = "retina"\nevolution = {population = 8, generations = 2}\n'
    )
    data = {"task": "retina", "evolution": {"population": 8, "generations": 2}}
    found = [
        list(evomod.evolve(what, seed=1))[-1].objectives
        for what in (data, "mine.toml", Path("mine.toml"))
    ]
    assert (found[0] == found[1]).all() and (found[0] == found[2]).all()
    assert next(evomod.evolve("retina", seed=1)).population.size == 1000
    assert evomod.run(data, 1).config.task.name == "retina"
    assert dump_config(evomod.prepare("retina").config) == dump_config(
        evomod.prepare({"task": "retina"}).config
    )
    with pytest.raises(EvomodError, match="there is no task 'retinna'; did you mean 'retina'"):
        evomod.prepare("retinna")
    with pytest.raises(
        EvomodError, match="expected a Config, a task's name, a path or a config's data; got 3"
    ):
        evomod.evolve(3).__next__()


def test_a_users_mistake_is_a_value_error_whose_text_stays_the_same():
    with pytest.raises(ValueError, match=r"^there is no task 'retinna'"):
        evomod.Config(task="retinna")
    with pytest.raises(ValueError, match="the config is not valid"):
        evomod.Config(task="retina", evolution={"population": 0})


def test_one_list_of_public_names():
    tree = ast.parse(Path(evomod.__file__).read_text())
    typed = {
        alias.asname: node.module.removeprefix("evomod.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("evomod.")
        for alias in node.names
        if alias.asname
    }
    assert typed == evomod._HOMES
    assert set(evomod.__all__) == {*evomod._HOMES, "__version__"} <= set(dir(evomod))
    assert evomod.__version__ == evomod.files.provenance.versions()["evomod"]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = evomod.nothing


def test_tensorboard_and_mlflow_follow_a_run_as_the_page_says(tmp_path, monkeypatch):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # what its package without a database has
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"file:{tmp_path / 'mlruns'}")
    page = (Path(__file__).parent.parent / "docs" / "sharing.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.S):
        exec(compile(block, "sharing.md", "exec"), names)
    log = load_run("runs/followed").log
    found = EventAccumulator("runs/tensorboard")
    found.Reload()
    q = found.Tensors("q_score")
    assert [event.step for event in q] == [0, 50, 100, 150, 200]
    expected = log["q_score"][::50].astype(np.float32).tolist()
    assert [event.tensor_proto.float_val[0] for event in q] == expected
    import mlflow

    [one] = mlflow.search_runs(output_format="list")
    history = mlflow.MlflowClient().get_metric_history(one.info.run_id, "fitness/left-and-right")
    expected = log["fitness:left-and-right"][::50].tolist()
    assert [(m.step, m.value) for m in history] == list(zip(range(0, 201, 50), expected, strict=True))
    assert one.data.params["population"] == "100"


def test_a_row_of_the_log_can_be_had_of_a_generation(tmp_path):
    made = run(CONFIG, 1, tmp_path / "x")
    rows = [evomod.log_row(generation) for generation in evomod.evolve(CONFIG, 1)]
    assert {name: [row[name] for row in rows] for name in rows[0]} == {
        name: values.tolist() for name, values in made.log.items()
    }
