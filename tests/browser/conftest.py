"""One browser for all tests, and folders to report on."""

import pytest
from chromium import Browser

import evomod
from evomod.cli.parser import main
from evomod.runs.run import run

EVOLUTION = {"population": 60, "generations": 60}
STUDY = """
name = "small"
seed = 7
replicates = 4
[base]
task = "retina"
evolution = {population = 40, generations = 40}
tracking = {population_every = 20}
[treatments.pa]
label = "PA"
[treatments.pcc]
label = "P&CC"
settings.pressures.connection-cost = {}
[treatments.threshold]
label = "a treatment whose label is so long that it cannot stand below a column of points"
settings.network.encoding = "threshold"
"""


@pytest.fixture(scope="session")
def browser():
    found = Browser()
    yield found
    found.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("browser")
    run(
        evomod.Config(task="retina", evolution=EVOLUTION, pressures={"connection-cost": {}}),
        1,
        home / "layered",
    )
    run(
        evomod.Config(task="retina", evolution=EVOLUTION, network={"encoding": "threshold"}),
        1,
        home / "threshold",
    )
    schedule = {"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"], "period": 5}
    run(evomod.Config(task="circuit", evolution=EVOLUTION, schedule=schedule), 1, home / "circuit")
    run(evomod.Config(task="circuit-three-outputs", evolution=EVOLUTION), 1, home / "outputs")
    run(
        evomod.Config(task="circuit", evolution=EVOLUTION, network={"feedback": "ternary"}),
        2,
        home / "ternary",
    )
    (home / "study.toml").write_text(STUDY)
    assert main(["study", str(home / "study.toml"), "--out", str(home / "study"), "--jobs", "1"]) == 0
    for name in NAMES:
        assert main(["report", str(home / name)]) == 0
    return home


NAMES = ("layered", "threshold", "circuit", "outputs", "ternary", "study")
