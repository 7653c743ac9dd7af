"""Files of a user's own, a pressure, a selection and an encoding, and configs that name them."""

import re
from pathlib import Path

import evomod
from evomod.cli.parser import main
from evomod.files import plugins

FAN_IN = '''"""The largest number of connections into one neuron, which is to be small."""
from evomod.pressures.base import Pressure

print("executed")


def measure(view, section):
    return view.adjacency.sum(axis=1).max(axis=1)


PRESSURE = Pressure("fan-in", measure)
'''
TOURNAMENT = '''"""Tournaments of three by fitness; all are replaced."""
import numpy as np

from evomod.selections.base import Selection


def breed(candidates, section, rng):
    rows = rng.integers(candidates.size, size=(candidates.size, 3))
    winners = candidates.objectives[rows, 0].argmax(axis=1)
    return np.empty(0, np.int64), rows[np.arange(candidates.size), winners]


SELECTION = Selection("tournament", breed)
'''
PERCEPTRON = re.search(
    r"```python file=perceptron.py\n(.*?)```",
    (Path(__file__).parent.parent / "docs" / "extending.md").read_text(),
    re.S,
)[1]
SMALL = {"population": 20, "generations": 12}
QUICK = {"population_every": 5, "checkpoint_seconds": 0.01}
OWN = {
    "pressure": {"pressures": {"fan_in.py": {"probability": 0.5}, "connection-cost": {}}},
    "selection": {"selection": {"method": "./tournament.py"}},
    "both": {
        "pressures": {"fan_in.py": {"penalty": 0.01}},
        "selection": {"method": "tournament.py"},
        "network": {"encoding": "threshold"},
    },
    "encoding": {
        "network": {"encoding": "./perceptron.py", "density": 0.7},
        "variation": {"rate": 0.2},
        "pressures": {"connection-cost": {}},
    },
    "all": {
        "network": {"encoding": "perceptron.py"},
        "pressures": {"fan_in.py": {"penalty": 0.01}},
        "selection": {"method": "tournament.py"},
    },
}


def lie_in(folder, monkeypatch):
    """The files in a folder, which becomes the current one; nothing of them has been executed."""
    (folder / "fan_in.py").write_text(FAN_IN)
    (folder / "tournament.py").write_text(TOURNAMENT)
    (folder / "perceptron.py").write_text(PERCEPTRON)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(plugins, "EXECUTED", {})
    return folder


def config(**sections):
    return evomod.Config(**({"task": "retina", "evolution": SMALL, "tracking": QUICK} | sections))


def refused(*arguments, capsys):
    assert main(list(arguments)) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said
