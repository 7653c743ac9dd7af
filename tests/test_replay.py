"""A run's networks through the generations come out of its seed, and of nothing else."""

import json
import shutil

import numpy as np
import pytest

import evomod
from evomod.errors import EvomodError
from evomod.network import network_json
from evomod.runs.replay import frames_of, replayed
from evomod.runs.run import resume, run

EVOLUTION = {"population": 20, "generations": 30}
KINDS = {
    "layered": {"task": "retina"},
    "cost": {"task": "retina", "pressures": {"connection-cost": {}}},
    "switching": {"task": "circuit", "schedule": {"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"], "period": 5}},
    "threshold": {"task": "retina", "network": {"encoding": "threshold"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("replay")
    return {
        kind: run(evomod.Config(**about, evolution=EVOLUTION), 3, home / kind)
        for kind, about in KINDS.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_network_is_what_the_log_says(made, kind):
    found, log = made[kind], made[kind].log
    networks = replayed(found)
    assert [n.about["generation"] for n in networks] == list(range(31))
    for k, network in enumerate(networks):
        assert network.about["q_score"] == log["q_score"][k] and network.about["goal"] == log["goal"][k]
        assert network.about["connection_cost"] == log["connection_cost"][k]
    assert network_json(networks[-1]) == (found.folder / "best.json").read_text()


def test_chosen_generations_of_a_resumed_run(made, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(made["cost"].folder, folder)
    longer = resume(folder, ["evolution.generations=40"])
    chosen = replayed(longer, [40, 7, 7])
    assert [n.about["generation"] for n in chosen] == [7, 40]
    assert network_json(chosen[-1]) == (folder / "best.json").read_text()


def test_a_run_from_another_start_begins_there(made, tmp_path):
    config = evomod.Config(task="retina", evolution=EVOLUTION | {"start": str(made["layered"].folder)})
    found = run(config, 5, tmp_path / "started")
    assert network_json(replayed(found)[-1]) == (found.folder / "best.json").read_text()


def test_nothing_is_written(made):
    folder = made["layered"].folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    replayed(made["layered"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def changed(made, tmp_path, name, change):
    folder = tmp_path / "changed"
    shutil.copytree(made["layered"].folder, folder)
    path = folder / name
    path.write_text(change(path.read_text()))
    return evomod.load_run(folder)


def test_what_does_not_come_out_again_is_refused(made, tmp_path):
    def other_seed(text):
        data = json.loads(text)
        return json.dumps(data | {"seed": data["seed"] | {"entropy": 4}})

    with pytest.raises(EvomodError, match="does not come out again"):
        replayed(changed(made, tmp_path, "manifest.json", other_seed))


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("versions", {"evomod": "0.0.1"}, r"0\.0\.1"),
        ("operators", {"vary": {"name": "mine"}}, "operators of your own"),
    ],
)
def test_another_version_and_own_operators_are_refused(made, tmp_path, key, value, says):
    found = changed(
        made, tmp_path, "manifest.json", lambda text: json.dumps(json.loads(text) | {key: value})
    )
    with pytest.raises(EvomodError, match=says):
        replayed(found)


def test_a_task_file_that_is_not_known_is_not_executed(made, tmp_path):
    mark = tmp_path / "executed"
    line = f"\nimport pathlib\npathlib.Path({str(mark)!r}).write_text('x')\n"
    found = changed(made, tmp_path, "task.py", lambda text: text + line)
    with pytest.raises(EvomodError, match="--trust"):
        replayed(found)
    assert not mark.exists()
    assert len(replayed(found, trust=True)) == 31 and mark.exists()


def test_frames_begin_and_end_with_the_run():
    for last in (0, 1, 59, 60, 61, 1000, 25_000):
        frames = frames_of(last)
        assert frames[0] == 0 and frames[-1] == last and len(frames) <= 60
        assert (np.diff(frames) > 0).all()
