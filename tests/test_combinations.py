"""Every encoding with every pressure and every method of selection: it runs and resumes, or is refused in one sentence."""

import re
from itertools import product

import pytest
from own_files import FAN_IN, PERCEPTRON, TOURNAMENT
from test_runs import contents

import evomod
from evomod.encodings.collection import ENCODINGS
from evomod.errors import EvomodError
from evomod.pressures.collection import PRESSURES
from evomod.runs.run import begin, resume, run
from evomod.selections.collection import METHODS

OBJECTIVES = (
    "behavioural-diversity",
    "connection-cost",
    "l1",
    "l2",
    "modularity",
    "hierarchy",
    "fan-in",
)
PRICED = ("connection-cost", "l1", "l2", "modularity", "hierarchy", "fan-in")
SETTINGS = {"connection-range": {"fewest": 0, "most": 40}, "pruning": {"every": 2}}
CASES = [
    *((name, dict(SETTINGS.get(name, {}))) for name in (*PRESSURES, "fan-in")),
    *((name, {"penalty": 0.01}) for name in PRICED),
]
TASKS = {"circuit": "circuit", "gate-layers": "circuit", "gene-network": "attractor"}
SEEING = ("nsga2", "pareto-front")
FILES = ("log.csv", "population.csv", "best.json", "checkpoint.npz", "config.toml")


def hindrance(encoding, name, section, method):
    """What must be said of a combination, by the papers' words and not by the objects; None where it is legal."""
    is_layered = encoding in ("layered", "layered-real")
    is_own = encoding == "perceptron.py"
    if name in ("l1", "l2") and encoding in ("circuit", "gate-layers"):
        return f"pressures.{name} requires connections with weights"
    if name == "connection-cost" and encoding in ("circuit", "gene-network"):
        return "pressures.connection-cost with these settings requires nodes with places"
    if name == "pruning" and not is_layered:
        return "pressures.pruning requires connections that can be removed"
    if name == "learning" and encoding != "layered-real" and not is_own:
        return "pressures.learning requires weights that can learn by gradient"
    if name == "connection-range" and encoding in ("circuit", "gate-layers"):
        return "pressures.connection-range requires a number of connections"
    if name in OBJECTIVES and "penalty" not in section and method not in SEEING:
        return f"selection.method: '{re.escape(method)}' sees .* only, and {name} is a further objective"
    changes_fitness = (
        name in ("adaptability", "dropout", "learning", "connection-range") or "penalty" in section
    )
    if changes_fitness and method == "lexicase":
        return f"'lexicase' sees which outputs are right only, and {name} changes the fitness"
    if name in ("l1", "l2") and is_own:  # known when its file has been read, after all else
        return f"pressures.{name} requires connections with weights"
    if name == "learning" and is_own:
        return "pressures.learning requires weights that can learn by gradient"
    if name == "dropout" and (is_own or encoding == "gene-network"):
        return "pressures.dropout requires hidden nodes that can be silent"
    return None


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "fan_in.py").write_text(FAN_IN)
    (tmp_path / "tournament.py").write_text(TOURNAMENT)
    (tmp_path / "perceptron.py").write_text(PERCEPTRON)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resumed_is_whole(home, config, label):
    whole = run(config, 5, home / f"{label}-whole", progress=False)
    short = config.model_copy(
        update={"evolution": config.evolution.model_copy(update={"generations": 2})}
    )
    half = begin(short, 5, home / f"{label}-half")
    resume(half, progress=False)
    resume(half, ["evolution.generations=3"], progress=False)
    assert whole.log["generation"].tolist() == [0, 1, 2, 3]
    files = (*FILES, "archive.csv") if (half / "archive.csv").exists() else FILES
    assert contents(half, files) == contents(whole.folder, files)


@pytest.mark.parametrize("method", [*METHODS, "tournament.py"])
@pytest.mark.parametrize("encoding", [*ENCODINGS, "perceptron.py"])
def test_legal_ones_resume_to_the_same_bytes_and_others_are_refused(home, encoding, method):
    n_legal = 0
    for k, (name, section) in enumerate(CASES):
        key = "fan_in.py" if name == "fan-in" else name
        data = {
            "task": TASKS.get(encoding, "retina"),
            "network": {"encoding": encoding},
            "selection": {"method": method},
            "pressures": {key: section},
            "evolution": {"population": 12, "generations": 3},
            "tracking": {"population_every": 2},
        }
        message = hindrance(encoding, name, section, method)
        if message is None:
            resumed_is_whole(home, evomod.Config(**data), k)
            n_legal += 1
            continue
        with pytest.raises(EvomodError, match=message) as caught:
            evomod.prepare(evomod.Config(**data))
        sentences = str(caught.value).splitlines()[1:]
        assert sum(re.search(message, line) is not None for line in sentences) == 1
    assert n_legal >= 1


@pytest.mark.parametrize("kind", ["modular", "neutral", "random", "sampled", "accumulating"])
@pytest.mark.parametrize("method", [*METHODS, "tournament.py"])
def test_schedules_with_every_method(home, kind, method):
    encodings = ("layered", "circuit", "cppn", "perceptron.py")
    if kind == "accumulating":  # no two goals of the circuit can be met together
        encodings = ("layered", "cppn", "perceptron.py", "gene-network")
    for encoding, pressures in product(encodings, ({}, {"fan_in.py": {"penalty": 0.01}})):
        if method == "lexicase" and pressures:
            continue
        named = kind in ("modular", "accumulating")
        goals = {"goals": ["left-and-right", "left-or-right"]} if named else {}
        retina = "retina-and-or" if kind == "accumulating" else "retina"
        if encoding == "gene-network":
            goals = {}
        data = {
            "task": TASKS.get(encoding, retina),
            "network": {"encoding": encoding},
            "selection": {"method": method},
            "schedule": {"kind": kind, "period": 1} | goals,
            "pressures": pressures,
            "evolution": {"population": 12, "generations": 3},
        }
        if kind == "modular" and encoding == "circuit":
            data["schedule"]["goals"] = ["xor-and-xor", "xor-or-xor"]
        resumed_is_whole(home, evomod.Config(**data), f"{encoding}{bool(pressures)}")


def test_every_pair_of_pressures_acts_at_once_where_both_may(home):
    names = [name for name in (*PRESSURES, "fan-in") if name != "goal-switching"]
    for k, (a, b) in enumerate((a, b) for i, a in enumerate(names) for b in names[i + 1 :]):
        pressures = {("fan_in.py" if n == "fan-in" else n): dict(SETTINGS.get(n, {})) for n in (a, b)}
        data = {
            "task": "retina",
            "network": {"encoding": "layered-real" if "learning" in (a, b) else "layered"},
            "pressures": pressures,
            "evolution": {"population": 12, "generations": 3},
        }
        resumed_is_whole(home, evomod.Config(**data), k)
