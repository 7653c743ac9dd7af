"""Users' own pressures and selections: from a file, an entry point or Python; recorded, resumed, refused."""

import json
import subprocess
import sys
import threading
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from own_files import FAN_IN, OWN, PERCEPTRON, QUICK, SMALL, TOURNAMENT, config, lie_in, refused
from test_runs import contents

import evomod
from evomod.cli.parser import main
from evomod.config import load_config
from evomod.errors import EvomodError
from evomod.files import plugins
from evomod.runs.run import load_run, resume, run
from evomod.studies.definition import load_definition
from evomod.studies.run import run_study
from evomod.studies.tables import load_study


@pytest.fixture
def home(tmp_path, monkeypatch):
    return lie_in(tmp_path, monkeypatch)


def test_the_three_ways_to_name_a_file_are_one_config(home, capsys):
    (home / "mine.toml").write_text(
        'task = "retina"\n[pressures.fan-in]\nfile = "fan_in.py"\nprobability = 0.25\n'
    )
    by_path = evomod.Config(task="retina", pressures={"./fan_in.py": {"probability": 0.25}})
    by_name = evomod.Config(
        task="retina", pressures={"fan-in": {"file": "fan_in.py", "probability": 0.25}}
    )
    found = [evomod.prepare(c).config for c in (by_path, by_name, load_config("mine.toml"))]
    assert found[0] == found[1] == found[2]
    assert main(["evolve", "retina", "--pressure", "./fan_in.py:probability=0.25", "--show-config"]) == 0
    assert (
        '[pressures.fan-in]\nprobability = 0.25\nfile = "fan_in.py"\nsha256 = '
        in capsys.readouterr().out
    )
    setup = evomod.prepare(by_path)
    assert setup.probabilities.tolist() == [1.0, 0.25]


def test_a_config_in_another_folder_names_its_file_from_there(home, monkeypatch):
    (home / "mine.toml").write_text('task = "retina"\npressures.fan-in.file = "fan_in.py"\n')
    (home / "elsewhere").mkdir()
    monkeypatch.chdir(home / "elsewhere")
    assert evomod.prepare(load_config("../mine.toml")).config.pressures.objectives == {"fan-in": 1.0}


def test_what_it_measures_is_an_objective_or_a_penalty():
    text = FAN_IN.replace('print("executed")', "")
    path = Path("fan_in_here.py")
    path.write_text(text)
    try:
        last = list(evomod.evolve(config(pressures={str(path): {}}), seed=2))[2]
        priced = list(evomod.evolve(config(pressures={str(path): {"penalty": 0.01}}), seed=2))[2]
    finally:
        path.unlink()
    for generation in (last, priced):
        population, setup = generation.population, generation.setup
        working = setup.encoding.simplify(population.genomes)
        into = setup.encoding.wiring.adjacencies(working).sum(axis=1).max(axis=1)
        assert population.measured["fan-in"].tolist() == into.tolist() and into.any()
    assert last.objectives[:, 1].tolist() == (-last.population.measured["fan-in"]).tolist()
    fined = priced.fitness - 0.01 * priced.population.measured["fan-in"]
    assert priced.objectives[:, 0].tolist() == fined.tolist()


def test_the_log_has_a_column_of_what_it_measures(home):
    """Of the logged individual; an entry of the table as any, so that studies and pictures find it."""
    found = run(config(pressures={"fan_in.py": {}}), seed=2, out="runs/x")
    generations = evomod.evolve(config(pressures={"fan_in.py": {}}), seed=2)
    measured = [g.population.measured["fan-in"][g.best_row] for g in generations]
    assert found.log["pressure:fan-in"].tolist() == measured and len(set(measured)) > 1
    assert "pressure:fan-in" not in run(config(), seed=2, out="runs/y").log


@pytest.mark.parametrize("kind", OWN)
def test_a_run_holds_copies_and_a_stopped_one_ends_in_the_same_bytes(home, kind):
    files = [n for n in ("fan_in.py", "perceptron.py", "tournament.py") if n in str(OWN[kind])]
    whole = run(config(**OWN[kind]), 3, home / "whole")
    assert (whole.folder / files[0]).read_bytes() == (home / files[0]).read_bytes()
    assert sorted(whole.manifest["files"]) == files
    (home / "half").mkdir()
    begun = evomod.runs.run.begin(config(**OWN[kind]), 3, home / "half")
    for name in files:
        (home / name).unlink()
    with pytest.raises(EvomodError, match="saved"):
        resume(begun, watch=lambda generation: True)
    resume(begun)
    names = ("log.csv", "population.csv", "best.json", "config.toml", "checkpoint.npz", *files)
    assert contents(begun, names) == contents(whole.folder, names)


def test_a_killed_process_goes_on_to_the_same_bytes(home):
    whole = run(config(**OWN["pressure"]), 3, home / "whole")
    code = (
        "import evomod, os\n"
        "from evomod.runs import run as runs\n"
        f"config = evomod.Config(task='retina', evolution={SMALL}, tracking={QUICK}, **{OWN['pressure']})\n"
        "config = config.model_copy()\n"
        "save = runs.save_checkpoint\n"
        "def killed(folder, setup, generation, *rest):\n"
        "    save(folder, setup, generation, *rest)\n"
        "    if generation.number >= 5:\n        os.kill(os.getpid(), 9)\n"
        "runs.save_checkpoint = killed\n"
        "runs.run(config, 3, 'half')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    resume(home / "half")
    names = ("log.csv", "population.csv", "best.json", "config.toml", "checkpoint.npz", "fan_in.py")
    assert contents(home / "half", names) == contents(whole.folder, names)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("pressure", "fan_in.py"), ("selection", "tournament.py"), ("encoding", "perceptron.py")],
)
def test_an_edited_or_missing_copy_is_refused_before_it_is_executed(home, kind, name):
    folder = run(config(**OWN[kind]), 3, home / "x").folder
    (folder / "complete").unlink()
    before = (folder / name).read_text()
    (folder / name).write_text(before + "raise SystemExit\n")
    with pytest.raises(
        EvomodError, match=f"{name} was edited after the run began: its SHA-256 is .* put it back"
    ):
        resume(folder)
    (folder / name).unlink()
    with pytest.raises(EvomodError, match=f"{name} is missing"):
        resume(folder)
    (folder / name).write_text(before)
    resume(folder)


def test_reading_never_executes(home, capsys):
    run(config(**OWN["pressure"]), 3, home / "x")
    (home / "study.toml").write_text(
        'name = "s"\nseed = 1\nreplicates = 1\n'
        "settings.evolution = {population = 10, generations = 2}\n"
        '[treatments.a]\nsettings.task = "retina"\nsettings.pressures.fan-in.file = "fan_in.py"\n'
    )
    run_study(load_definition("study.toml"), home / "study", jobs=1)
    said = "executed"
    assert capsys.readouterr().err.count(said) == 1  # named four times, executed once
    plugins.EXECUTED.clear()
    assert load_run(home / "x").config.pressures.own["fan-in"].given == {"probability": 0.5}
    assert evomod.load_network(home / "x" / "best.json").n_nodes > 0
    assert load_study(home / "study").study.treatments[0].name == "a"
    for arguments in (["plot", "x"], ["status", "study"], ["tasks"]):
        assert main(arguments) == 0
    assert not plugins.EXECUTED and said not in capsys.readouterr().err


BROKEN = {
    "nothing": ("x = 1\n", r"pressure file .*bad\.py defines no pressure; it needs one line"),
    "two": (FAN_IN + 'OTHER = Pressure("other", measure)\n', r"defines 2 of them \('fan-in', 'other'\)"),
    "taken": (FAN_IN.replace('"fan-in"', '"l1"'), "the name 'l1' is taken by a pressure of evomod"),
    "no name": (
        FAN_IN.replace('"fan-in"', '"Fan In"'),
        "expected a name of small letters.* got 'Fan In'",
    ),
    "raises": ("1 / 0\n", r"bad\.py, line 1: ZeroDivisionError: division by zero"),
    "leaves": ("raise SystemExit\n", r"bad\.py, line 1: SystemExit"),
    "syntax": ("def\n", r"bad\.py, line 1: invalid syntax"),
    "no utf-8": (b"x = '\xff'\n", r"bad\.py"),
    "unknown need": (
        FAN_IN.replace(", measure)", ', measure, requires=frozenset({"weigths"}))'),
        "requires 'weigths'; known: weights, places",
    ),
    "need of letters": (
        FAN_IN.replace(", measure)", ', measure, requires="places")'),
        "requires 'places'; expected a set of names",
    ),
    "no truth": (
        FAN_IN.replace(", measure)", ', measure, is_maximised="no")'),
        "is_maximised='no'; expected True or False",
    ),
    "place": (FAN_IN.replace(", measure)", ', measure, place="mutation")'), "has the place 'mutation'"),
    "no measure": (FAN_IN.replace(", measure)", ")"), "has no function measure"),
    "section": (FAN_IN.replace(", measure)", ", measure, dict)"), "expected a class made from"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_cannot_be_used_is_one_sentence(home, case, capsys):
    text, message = BROKEN[case]
    (home / "bad.py").write_bytes(text if isinstance(text, bytes) else text.encode())
    said = refused("evolve", "retina", "--pressure", "bad.py", "--out", "x", capsys=capsys)
    assert len(said.strip().replace("executed\n", "").splitlines()) == 1
    assert __import__("re").search(message, said), said
    assert not (home / "x").exists()


@pytest.mark.parametrize(
    "needs", ['("weights",)', '["weights"]', '{"weights"}', 'lambda section: ["weights"]']
)
def test_what_it_requires_may_be_any_collection(home, needs, capsys):
    text = FAN_IN.replace('print("executed")', "").replace(", measure)", f", measure, requires={needs})")
    (home / "needs.py").write_text(text)
    assert main(["evolve", "retina", "--pressure", "needs.py", "--show-config"]) == 0
    said = refused("evolve", "circuit", "--pressure", "needs.py", "--show-config", capsys=capsys)
    assert "pressures.fan-in" in said and "requires" in said


def test_names_that_do_not_fit_are_told(home, capsys):
    said = refused("evolve", "retina", "--pressure", "./gone.py", capsys=capsys)
    assert "there is no pressure file gone.py" in said
    with pytest.raises(
        EvomodError, match=r"fan_in\.py defines the pressure 'fan-in'; expected 'fan-out'"
    ):
        evomod.prepare(evomod.Config(task="retina", pressures={"fan-out": {"file": "fan_in.py"}}))
    (home / "copy.py").write_text(FAN_IN + "# again\n")
    with pytest.raises(EvomodError, match=r"the name 'fan-in' is taken by another file"):
        evomod.prepare(evomod.Config(task="retina", pressures={"copy.py": {}, "fan_in.py": {}}))
    with pytest.raises(
        EvomodError, match=r"pressures\.fan-in\.probabilty: unknown key; known here: probability"
    ):
        evomod.prepare(evomod.Config(task="retina", pressures={"fan_in.py": {"probabilty": 1.0}}))
    with pytest.raises(
        EvomodError, match=r"fan-in.probability: expected less than or equal to 1; got 2"
    ):
        evomod.prepare(evomod.Config(task="retina", pressures={"fan_in.py": {"probability": 2.0}}))
    (home / "task.py").write_text(FAN_IN)
    with pytest.raises(
        EvomodError, match=r"task\.py: a run folder keeps the task under this name; rename"
    ):
        evomod.prepare(evomod.Config(task="retina", pressures={"./task.py": {}}))
    with pytest.raises(EvomodError, match=r"selection file fan_in\.py defines no selection"):
        evomod.prepare(config(selection={"method": "fan_in.py"}))


RETURNS = {
    "return view.genomes[0].astype(float)": r"expected float64\[20\], one number an individual",
    "return view.active.sum(axis=1)": r"returned int64\[20\]; expected float64\[20\].* \(.astype\(float\) converts\)",
    "return 3.0": r"returned a float; expected an array float64\[20\]",
    "return np.full(view.size, np.nan)": "returned nan for individual 0; expected finite numbers",
    "return 1 / 0": r"fails, line 5: ZeroDivisionError",
    "view.genomes[:] = 0": r"fails, line 5: ValueError: .*read-only",
    "return view.goal": "view.goal, and view.right, .*: the goal may change, .* has is_of_pool=True",
    "raise SystemExit('bye')": r"fails, line 5: SystemExit: bye",
}


@pytest.mark.parametrize("body", RETURNS)
def test_a_measure_that_returns_something_else_is_named_with_its_generation(home, body):
    text = (
        "import numpy as np\nfrom evomod.pressures.base import Pressure\n\n"
        f"def measure(view, section):\n    {body}\n\nPRESSURE = Pressure('odd', measure)\n"
    )
    (home / "odd.py").write_text(text)
    with pytest.raises(EvomodError, match=r"generation 0: pressure 'odd' \(odd\.py\).*" + RETURNS[body]):
        list(evomod.evolve(config(pressures={"odd.py": {}}), seed=1))


def test_what_an_encoding_lacks_is_one_generated_sentence(home):
    (home / "heavy.py").write_text(
        "from evomod.pressures.base import Pressure\n\n"
        "def measure(view, section):\n    return view.strengths.max(axis=1)\n\n"
        'PRESSURE = Pressure("heavy", measure, requires=frozenset({"weights"}))\n'
    )
    given = {"task": "circuit", "selection": {"method": "nsga2"}, "pressures": {"heavy.py": {}}}
    wanted = r"pressures.heavy requires connections with weights, which encoding 'circuit' lacks; use the encoding"
    with pytest.raises(EvomodError, match=wanted):
        evomod.prepare(evomod.Config(**given))
    text = (home / "heavy.py").read_text().replace(', requires=frozenset({"weights"})', "")
    (home / "heavy.py").write_text(text)
    with pytest.raises(
        EvomodError, match=r"generation 0: pressure 'heavy' .*have no weights; a pressure that"
    ):
        next(evomod.evolve(config(**given), seed=1))


def test_a_constraint_and_a_pressure_of_the_pool(home):
    (home / "parity.py").write_text(
        "import numpy as np\nfrom evomod.pressures.base import Pressure\n\n"
        "def measure(view, section):\n    return np.maximum(0.0, 12.0 - (view.active != 0).sum(axis=1))\n\n"
        'PRESSURE = Pressure("at-least-twelve", measure, place="constraint")\n'
    )
    (home / "rare.py").write_text(
        "from evomod.pressures.base import Pressure\n\n"
        "def measure(view, section):\n"
        "    right = view.right\n    return (right * (1.0 - right.mean(axis=0))).sum(axis=1)\n\n"
        'PRESSURE = Pressure("rare", measure, is_of_pool=True, is_maximised=True)\n'
    )
    pressures = {"parity.py": {}, "rare.py": {}}
    last = list(evomod.evolve(config(pressures=pressures), seed=2))[-1]
    working = last.setup.encoding.simplify(last.population.genomes)
    assert ((working != 0).sum(axis=1) >= 12).all()
    assert last.objectives.shape == (20, 2) and (last.objectives[:, 1] > 0).any()


@pytest.mark.parametrize(
    ("returned", "given", "message"),
    [
        ("(view.active != 0).sum(axis=1) - 1000.0", {}, r"'odd' .*returned -\d+\.0 for individual \d+; expected of a constraint .*0 inside"),
        ("np.zeros(view.size)", {"penalty": 5.0}, r"odd\.penalty: unknown key"),
        ("np.zeros(view.size)", {"probability": 0.5}, r"odd\.probability: unknown key"),
    ],
)  # fmt: skip
def test_a_constraint_is_0_inside_and_has_no_price(home, returned, given, message):
    (home / "odd.py").write_text(
        "import numpy as np\nfrom evomod.pressures.base import Pressure\n\n"
        f"def measure(view, section):\n    return {returned}\n\n"
        'PRESSURE = Pressure("odd", measure, place="constraint")\n'
    )
    with pytest.raises(EvomodError, match=message):
        list(evomod.evolve(config(pressures={"odd.py": given}), seed=1))


def test_any_number_of_objectives(home):
    from evomod.evolution.operators import individuals

    for k in range(6):
        text = FAN_IN.replace('"fan-in"', f'"fan-in-{k}"').replace('print("executed")', "")
        (home / f"f{k}.py").write_text(text)
    pressures = {f"f{k}.py": {} for k in range(6)} | {"connection-cost": {}, "behavioural-diversity": {}}
    last = list(evomod.evolve(config(pressures=pressures), seed=2))[-1]
    assert last.objectives.shape == (20, 9)
    seen = individuals(last.population.genomes, last.objectives)
    assert [i.fitness.values for i in seen] == [tuple(row) for row in last.objectives.tolist()]
    import pickle

    assert pickle.loads(pickle.dumps(seen[0])).fitness.values == seen[0].fitness.values


TASK_FILE = '''"""Two pairs."""

from evomod.task import Task

TASK = Task(
    name="two-pairs",
    inputs=("a", "b", "c", "d"),
    subgoals={"first": lambda x: x.a ^ x.b, "second": lambda x: x.c ^ x.d},
    goals={"both": lambda first, second: first & second},
)
'''
FEW = {"population": 10, "generations": 4}


@pytest.fixture
def installed(home, monkeypatch):
    """Entry points of a package that is there, and of one that fails to import."""
    package = home / "packaged"
    package.mkdir()
    (package / "fan_in_package.py").write_text(FAN_IN + f"\n\n{TOURNAMENT}")
    (package / "perceptron_package.py").write_text(PERCEPTRON)
    (package / "broken_package.py").write_text("import nothing_of_that_name\n")
    monkeypatch.syspath_prepend(str(package))
    points = {
        "evomod.pressures": {"fan-in": "fan_in_package:PRESSURE", "broken": "broken_package:PRESSURE"},
        "evomod.selections": {"tournament": "fan_in_package:SELECTION"},
        "evomod.encodings": {"perceptron": "perceptron_package:ENCODING"},
    }

    (package / "bundle").mkdir()
    (package / "bundle" / "__init__.py").write_text('raise ImportError("nobody needs this")\n')
    (package / "bundle" / "pairs.py").write_text(TASK_FILE)
    points["evomod.tasks"] = {
        "two-pairs": "bundle.pairs",
        "gone": "bundle.nothing",
        "other": "fan_in_package:X",
    }

    real = plugins.importlib.metadata.entry_points

    def found(**given):
        group = given.get("group", "")
        if not group.startswith("evomod."):
            return real(**given)  # numba asks for its own
        return [EntryPoint(name, value, group) for name, value in points.get(group, {}).items()]

    monkeypatch.setattr(plugins.importlib.metadata, "entry_points", found)
    yield points
    sys.modules.pop("fan_in_package", None)
    sys.modules.pop("perceptron_package", None)


def test_an_entry_point_is_a_name(installed, home, capsys):
    assert main(["evolve", "retina", "--pressure", "fan-in", "--show-config"]) == 0
    assert 'entry_point = "fan_in_package:PRESSURE"' in capsys.readouterr().out
    given = config(pressures={"fan-in": {}, "connection-cost": {}})
    made = run(given, 3, home / "x")
    assert list(made.manifest["files"]) == ["fan_in_package:PRESSURE"]
    assert load_run(made.folder).config.pressures.own["fan-in"].entry_point == "fan_in_package:PRESSURE"
    begun = evomod.runs.run.begin(given, 3, home / "y")
    assert contents(resume(begun).folder, ("log.csv",)) == contents(made.folder, ("log.csv",))
    run(config(selection={"method": "tournament"}), 3, home / "z")
    made = run(config(network={"encoding": "perceptron"}), 3, home / "v")
    assert list(made.manifest["files"]) == ["perceptron_package:ENCODING"]
    assert resume(made.folder).config.network.encoding == "perceptron"


def test_a_task_of_an_installed_package_is_a_name_and_its_package_is_not_imported(
    installed, home, capsys
):
    made = run({"task": "two-pairs", "evolution": FEW}, 3, home / "t")
    assert (made.folder / "task.py").read_text() == TASK_FILE
    assert evomod.load_task("two_pairs").goals.keys() == {"both"}
    begun = evomod.runs.run.begin({"task": "two-pairs", "evolution": FEW}, 3, home / "u")
    assert contents(resume(begun).folder, ("log.csv",)) == contents(made.folder, ("log.csv",))
    assert main(["tasks"]) == 1
    out, error = capsys.readouterr()
    assert "two-pairs: Two pairs." in out and "pairs.py" in out
    assert (
        "'gone' is entry point bundle.nothing of evomod.tasks; expected a module with a Python file"
        in error
    )
    points = {"pairs": "bundle.pairs"}
    installed["evomod.tasks"] = points
    with pytest.raises(
        EvomodError, match="entry point 'pairs' of evomod.tasks leads to .* the task 'two-pairs'"
    ):
        evomod.load_task("pairs")


def test_an_entry_point_that_fails_to_import_leaves_the_others(installed, home):
    with pytest.raises(
        EvomodError, match=r"'broken' is entry point broken_package:PRESSURE .*nothing_of_that_name"
    ):
        evomod.prepare(config(pressures={"broken": {}}))
    evomod.prepare(config(pressures={"fan-in": {}}))
    made = run(config(pressures={"fan-in": {}}), 3, home / "x")
    (made.folder / "complete").unlink()
    del installed["evomod.pressures"]["fan-in"]
    assert load_run(made.folder).config.pressures.own["fan-in"].given == {"probability": 1.0}
    with pytest.raises(EvomodError, match="install the package that it comes from"):
        resume(made.folder)


def test_a_beginning_that_fails_is_not_in_the_way_of_the_corrected_file(home, capsys):
    given = {"task": "retina", "evolution": SMALL, "selection": {"method": "tournament.py"}}
    whole = run(evomod.Config(**given), 1, home / "whole")
    (home / "tournament.py").write_text(
        TOURNAMENT.replace("    rows = rng", "    1 / 0\n    rows = rng")
    )
    for _ in range(2):
        with pytest.raises(EvomodError, match="ZeroDivisionError"):
            run(evomod.Config(**given), 1, home / "x")
    said = refused("plot", "x", capsys=capsys)
    assert (
        "its making was cut short before anything was evolved. Start it again with the command" in said
    )
    (home / "tournament.py").write_text(TOURNAMENT)
    run(evomod.Config(**given), 1, home / "x")
    names = ("log.csv", "population.csv", "best.json", "checkpoint.npz")
    assert contents(home / "x", names) == contents(whole.folder, names)


def test_what_fails_after_a_checkpoint_stays_a_run(home):
    counted = TOURNAMENT.replace(
        "    rows = rng", "    calls.append(1)\n    1 / (len(calls) < 9)\n    rows = rng"
    )
    (home / "late.py").write_text(counted.replace("def breed", "calls = []\n\n\ndef breed"))
    with pytest.raises(EvomodError, match=r"generation 9: .*ZeroDivisionError"):
        often = {"checkpoint_seconds": 1e-9}
        run(config(selection={"method": "late.py"}, tracking=often), 1, home / "x")
    assert load_run(home / "x").manifest["end"] is None


SELECTS = {
    "return None, np.zeros(21, np.int64)": "kept 20 and chose 21 parents; expected 20 in all",
    "return np.empty(0, np.int64), np.arange(3)": "kept 0 and chose 3 parents; expected 20 in all",
    "return np.empty(0, np.int64), np.full(20, 20)": "rows from 0 to 19",
    "return np.empty(0), np.zeros(20)": "expected whole numbers",
    "return np.arange(20)": r"expected kept, parents",
    "return 1 / 0": r"fails, line 5: ZeroDivisionError",
}


@pytest.mark.parametrize("body", SELECTS)
def test_a_selection_that_returns_something_else_is_named_with_its_generation(home, body):
    (home / "odd.py").write_text(
        "import numpy as np\nfrom evomod.selections.base import Selection\n\n"
        f"def breed(candidates, section, rng):\n    {body}\n\nSELECTION = Selection('odd', breed)\n"
    )
    with pytest.raises(EvomodError, match=r"generation 1: .*selection 'odd'.*" + SELECTS[body]):
        list(evomod.evolve(config(selection={"method": "odd.py"}), seed=1))


def test_a_run_in_a_thread_reads_the_same_file(home, capsys):
    slowly = (
        "\n\nimport time\n\ntime.sleep(0.3)\n"  # so that one thread comes while the other executes it
    )
    (home / "fan_in.py").write_text(FAN_IN + slowly)
    found = []

    def evolve():
        found.append(list(evomod.evolve(config(**OWN["pressure"]), seed=1))[-1].objectives)

    threads = [threading.Thread(target=evolve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found[0] == found[1]).all() and np.isfinite(found[0]).all()
    assert capsys.readouterr().err.count("executed") == 1


def test_a_config_that_names_what_is_not_there_is_still_read(home):
    made = run(config(**OWN["pressure"]), 3, home / "x")
    manifest = json.loads((made.folder / "manifest.json").read_text())
    (made.folder / "fan_in.py").unlink()
    assert load_run(made.folder).manifest["files"] == manifest["files"]


READING = (
    ["plot", "r"],
    ["measure", "r", "--draws", "5"],
    ["evolve", "--resume", "r", "--show-config"],
    ["status", "st"],
    ["tasks"],
)
GOING_ON = (
    ["evolve", "--resume", "r", "--set", "evolution.generations=14"],
    ["transfer", "r", "--to", "left-or-right", "--repeats", "1", "--generations", "1"],
    ["study", "st", "--jobs", "1"],
)


@pytest.fixture(params=["task", "pressure", "selection"])
def theirs(request, tmp_path, monkeypatch):
    """A run and a study made elsewhere with a file that says so where it is executed; this process knows it."""
    made, kind = tmp_path / "made", request.param
    made.mkdir()
    monkeypatch.chdir(made)
    monkeypatch.setattr(plugins, "EXECUTED", {})
    retina = (evomod.task.bundled() / "retina.py").read_text()
    (made / "theirs.py").write_text(retina + '\nprint("executed")\n')
    (made / "fan_in.py").write_text(FAN_IN)
    (made / "tournament.py").write_text(TOURNAMENT + 'print("executed")\n')
    given = {
        "task": 'task = "theirs.py"\n',
        "pressure": 'task = "retina"\npressures.fan-in.file = "fan_in.py"\n',
        "selection": 'task = "retina"\nselection.method = "tournament.py"\n',
    }[kind]
    given += "evolution = {population = 20, generations = 12}\n"
    (made / "mine.toml").write_text(given)
    (made / "study.toml").write_text(
        'name = "s"\nseed = 1\nreplicates = 1\n[base]\n' + given + "[treatments.a]\n"
    )
    assert main(["evolve", "mine.toml", "--seed", "1", "--out", "r"]) == 0
    assert main(["study", "study.toml", "--out", "st", "--jobs", "1"]) == 0
    (made / "st" / "a" / "000" / "complete").unlink()
    for name in ("fan_in.py", "tournament.py", "mine.toml", "study.toml"):
        (made / name).unlink()
    return made


def fresh(arguments, home):
    return subprocess.run(
        [sys.executable, "-m", "evomod", *arguments],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_new_process_executes_nothing_of_a_folder_that_is_not_trusted(theirs):
    for arguments in READING:
        done = fresh(arguments, theirs)
        assert done.returncode == 0 or "nothing to measure" in done.stderr
        assert "executed" not in done.stdout + done.stderr, (
            arguments,
            done.stderr,
        )
    for arguments in GOING_ON:
        done = fresh(arguments, theirs)
        assert done.returncode == 2 and "--trust" in done.stderr, (arguments, done.stdout + done.stderr)
        assert "executed" not in done.stdout + done.stderr and "Traceback" not in done.stderr
        done = fresh([*arguments, "--trust"], theirs)
        assert done.returncode == 0 and "executed" in done.stdout + done.stderr, (arguments, done.stderr)
