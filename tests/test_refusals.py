"""A refused command changes nothing, and says in one sentence what is wrong; the system's mishaps too."""

import errno
import fcntl
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import evomod
from evomod.cli.parser import main, parser
from evomod.errors import EvomodError
from evomod.files import disk
from evomod.runs import warmup
from evomod.runs.run import begin, resume, run
from evomod.studies.definition import load_definition
from evomod.studies.folder import held
from evomod.studies.run import run_study

TINY = {"population": 10, "generations": 4}
STUDY = """
name = "small"
seed = 7
replicates = 2
[base]
task = "retina"
evolution = {population = 10, generations = 3}
[treatments.pa]
[treatments.pcc]
settings.pressures.connection-cost = {}
"""
OWN = (
    "import pathlib\n"
    "pathlib.Path({mark!r}).write_text('executed')\n"
    "from evomod.task import Task\n"
    "TASK = Task('{name}', ('a', 'b'), {{'p': lambda i: i.a, 'q': lambda i: i.b}},\n"
    "  {{'both': lambda p, q: p & q, 'either': lambda p, q: p | q}})\n"
)


def config(**sections):
    return evomod.Config(**({"task": "retina", "evolution": TINY} | sections))


def tree(folder):
    """Every file and folder below a folder, with every byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(Path(folder).rglob("*"))
        if not path.is_fifo()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folders as they are after work: a run, one half begun, a study, one of fewer replicates, and files."""
    home = tmp_path_factory.mktemp("made")
    (home / "study.toml").write_text(STUDY)
    (home / "other.toml").write_text(STUDY.replace("seed = 7", "seed = 8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        run(config(), 1, "r")
        begin(config(), 1, "begun")
        assert main(["study", "study.toml", "--out", "st", "--jobs", "1"]) == 0
        assert main(["study", "study.toml", "--out", "gone", "--jobs", "1"]) == 0
    shutil.rmtree(home / "gone" / "pa" / "001")
    (home / "full").mkdir()
    (home / "full" / "config.toml").write_text("mine")
    (home / "tasks").mkdir()
    (home / "tests").mkdir()
    for name in ("tasks/own.py", "own.py", "tests/test_own.py"):
        (home / name).write_text("mine")
    (home / "foreign").mkdir()
    shutil.copytree(home / "r", home / "foreign" / "pa" / "000")
    shutil.copytree(home / "r", home / "damaged")
    (home / "damaged" / "log.csv").unlink()
    shutil.copytree(home / "r", home / "keyless")
    best = json.loads((home / "r" / "best.json").read_text())
    (home / "keyless" / "best.json").write_text(json.dumps({**best, "fitness": 5}))
    return home


MORE = ["--set", "evolution.generations=9"]
REFUSED = [
    ["evolve", "retina", "--out", "r"],
    ["evolve", "retina", "--out", "full"],
    ["evolve", "retina", "--out", "study.toml"],
    ["evolve", "retina", "--out", "a" * 300],
    ["evolve", "retina", "--out", "nowhere/" + "a" * 300],
    ["evolve", "a" * 300 + ".py"],
    ["evolve", "a" * 300 + ".toml"],
    ["evolve", "retina", "--set", "evolution.start=" + "a" * 300],
    ["evolve", "retina", "--set", "evolution.start=full"],
    ["evolve", "retina", "--set", "network.layers=[8,99999999999999999999,1]"],
    ["evolve", "retina", "--set", "network.layers=[8,2000,2000,1]"],
    ["evolve", "retina", "--set", "evolution.population=" + "[" * 3000],
    ["evolve", "retina", "--set", "evolution.population=" + "9" * 5000],
    ["evolve", "retina", "--set", ".".join("a" * 500) + "=1"],
    ["evolve", "retina", "--trust"],
    ["evolve", "--resume", "full"],
    ["evolve", "--resume", "nowhere"],
    ["evolve", "--resume", "damaged", *MORE],
    ["evolve", "--resume", "r", "--set", "evolution.generations=1"],
    ["evolve", "--resume", "r", "--set", "evolution.population=20"],
    ["study", "study.toml", "--out", "st", "--replicates", "1"],
    ["study", "st", "--replicates", "1"],
    ["study", "gone", "--replicates", "1"],
    ["study", "other.toml", "--out", "st"],
    ["study", "study.toml", "--out", "full"],
    ["study", "study.toml", "--out", "foreign"],
    ["study", "study.toml", "--out", "st", "--set", "evolution.generations=5"],
    ["study", "study.toml", "--out", "new", "--dask", "tcp://127.0.0.1:9"],
    ["study", "study.toml", "--out", "new", "--dask", "nowhere.toml"],
    ["study", "a" * 300],
    ["study", "a" * 300 + ".toml"],
    ["status", "full"],
    ["status", "a" * 300],
    ["plot", "full"],
    ["plot", "keyless"],
    ["plot", "a" * 300],
    ["measure", "a" * 300 + ".json"],
    ["transfer", "full"],
    ["transfer", "r", "--out", "study.toml"],
    ["figure", "clune2013-fig2", "--study", "full"],
    ["figure", "nowhere"],
    ["figure", "full"],
    ["verify", "full"],
    ["verify", "nowhere"],
    ["train", "nowhere", "--out", "new"],
    ["train", "retina", "--out", "full"],
    ["train", "--resume", "full"],
    ["report", "full"],
    ["report", "keyless"],
    ["report", "r", "--out", "nowhere/x.html"],
    ["report", "r", "--out", "full"],
    ["lab", "full"],
    ["compare", "r"],
    ["compare", "st", "--by", "nothing"],
    ["compare", "r", "full"],
    ["compare", "r", "r", "--column", "nothing"],
    ["compare", "st", "--picture", "nowhere/x.png"],
    ["compare", "st", "--picture", "x.docx"],
    ["export", "full", "--gml", "x.gml"],
    ["movie", "full"],
    ["movie", "r", "--out", "x.docx"],
    ["measure", "r", "--modules", "nowhere"],
    ["measure", "r", "--picture", "x.docx"],
    ["measure", "r", "--null", "nothing"],
    ["new-task", "a b"],
    ["new-task", "own"],
    ["new-pressure", "a b"],
    ["new-pressure", "own"],
    ["completion", "csh"],
    ["tasks", "more"],
    ["doctor", "more"],
    ["warmup", "more"],
    ["bench", "--modularity", "nowhere"],
]


@pytest.mark.parametrize("arguments", REFUSED, ids=lambda given: " ".join(given)[:50])
def test_a_refused_command_changes_nothing(made, monkeypatch, capsys, arguments):
    monkeypatch.chdir(made)
    before = tree(made)
    try:
        code = main(arguments)
    except SystemExit as error:  # of argparse
        code = error.code
    assert code == 2
    said = capsys.readouterr().err
    assert said.startswith(("evomod: ", "usage: ")) and "Traceback" not in said and len(said) < 1500
    assert tree(made) == before


def test_refusals_of_every_command_are_tried():
    commands = next(action for action in parser()._actions if action.dest == "command").choices
    assert {arguments[0] for arguments in REFUSED} == set(commands)


def test_what_was_refused_for_fewer_replicates_goes_on_with_all(made, tmp_path, monkeypatch):
    out = shutil.copytree(made / "st", tmp_path / "st")
    tables = [(out / name).read_bytes() for name in ("summary.csv", "curves.csv", "study.toml")]
    monkeypatch.chdir(made)
    assert main(["study", "study.toml", "--out", str(out), "--replicates", "1"]) == 2
    assert main(["study", str(out), "--jobs", "1"]) == 0
    assert [(out / name).read_bytes() for name in ("summary.csv", "curves.csv", "study.toml")] == tables


# half-begun folders


def half_begun(folder, kept):
    """The folder of a run whose making was cut short after these files, the last of them half written."""
    whole = begin(config(), 1, folder.with_name("whole"))
    folder.mkdir()
    for name in kept:
        part = ".part" if name == kept[-1] and name != "log.csv" else ""
        (folder / f"{name}{part}").write_bytes((whole / name).read_bytes()[: 50 if part else None])


CUTS = (
    [],
    ["log.csv"],
    ["log.csv", "config.toml"],
    ["log.csv", "config.toml", "task.py"],
    ["log.csv", "config.toml", "task.py", "manifest.json"],
)


@pytest.mark.parametrize("kept", CUTS, ids=len)
def test_the_same_command_begins_a_half_begun_run_again(tmp_path, kept, capsys):
    half_begun(tmp_path / "x", kept)
    with pytest.raises(EvomodError, match=r"with the command that began it"):
        resume(tmp_path / "x")
    run(config(), 1, tmp_path / "x")
    whole = run(config(), 1, tmp_path / "y").folder
    assert set(tree(tmp_path / "x")) == set(tree(whole))
    assert (tmp_path / "x" / "checkpoint.npz").read_bytes() == (whole / "checkpoint.npz").read_bytes()


def test_a_start_that_was_left_behind_is_not_that_of_the_next_run(tmp_path):
    half_begun(tmp_path / "x", ["log.csv", "config.toml"])
    (tmp_path / "x" / "start.npz").write_bytes(disk.npz(genomes=np.zeros((10, 5), np.int8)))
    run(config(), 1, tmp_path / "x")
    assert not (tmp_path / "x" / "start.npz").exists()


def test_a_study_goes_on_that_died_while_a_manifest_was_written(made, tmp_path, monkeypatch):
    monkeypatch.chdir(made)
    out = shutil.copytree(made / "st", tmp_path / "st")
    for name in ("summary.csv", "curves.csv"):
        (out / name).unlink()
    shutil.rmtree(out / "pa" / "001")
    (out / "pa" / "001").mkdir()
    (out / "pa" / "001" / "manifest.json.part").write_text("{")
    assert main(["study", str(out), "--jobs", "1"]) == 0
    assert (out / "summary.csv").read_bytes() == (made / "st" / "summary.csv").read_bytes()


# locks and races


RACE = """
import sys, time, pathlib
import evomod
from evomod.errors import EvomodError
gate, out = pathlib.Path(sys.argv[1]), sys.argv[2]
config = evomod.Config(task="retina", evolution={"population": 10, "generations": 30})
evomod.prepare(config)
print("ready", flush=True)
sys.stdin.readline()
try:
    evomod.run(config, int(sys.argv[3]), out)
except EvomodError as error:
    sys.exit(str(error))
"""


def test_of_several_runs_at_once_one_wins_and_nothing_of_the_others_is_there(tmp_path):
    pipes = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }
    for trial in range(3):
        out = tmp_path / str(trial)
        many = [
            subprocess.Popen([sys.executable, "-c", RACE, str(tmp_path), str(out), str(seed)], **pipes)
            for seed in range(3)
        ]
        for process in many:
            assert process.stdout.readline() == "ready\n"
        for process in many:
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [process.communicate(timeout=120)[1] for process in many]
        winners = [seed for seed, process in enumerate(many) if process.returncode == 0]
        assert len(winners) == 1, said
        assert all("another process is writing" in text or "already holds a run" in text
                   for seed, text in enumerate(said) if seed not in winners), said  # fmt: skip
        alone = run(
            config(evolution={"population": 10, "generations": 30}), winners[0], tmp_path / f"{trial}a"
        )
        assert evomod.load_run(out).manifest["seed"]["entropy"] == winners[0]
        assert (out / "log.csv").read_bytes() == (alone.folder / "log.csv").read_bytes()


def test_a_run_that_waited_for_another_goes_on_from_what_that_one_left(tmp_path, monkeypatch):
    """The checkpoint is read under the lock."""
    from evomod.runs import run as runs

    folder, true = run(config(), 1, tmp_path / "x").folder, runs.locked_log

    def locked(place):
        monkeypatch.setattr(runs, "locked_log", true)  # the other one, between our look and our lock
        resume(folder, ["evolution.generations=9"])
        return true(place)

    monkeypatch.setattr(runs, "locked_log", locked)
    with pytest.raises(EvomodError, match="has already reached generation 9"):
        resume(folder, ["evolution.generations=6"])
    assert evomod.load_run(folder).config.evolution.generations == 9


def denied(unknown):
    def none(*arguments):
        raise OSError(unknown, os.strerror(unknown))

    return none


@pytest.mark.parametrize("unknown", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_file_systems_without_flock_lock_bytes(tmp_path, monkeypatch, unknown):
    """The other process reads what it has locked, which must not free it."""
    monkeypatch.setattr(fcntl, "flock", denied(unknown))
    assert run(config(), 1, tmp_path / "x").is_complete
    code = (
        "import fcntl, pathlib, sys\nfrom evomod.files import disk\n"
        "def none(*arguments):\n    raise OSError(38, '')\nfcntl.flock = none\n"
        "file = open(sys.argv[1], 'ab')\nassert disk.take_lock(file)\n"
        "pathlib.Path(sys.argv[1]).read_bytes()\nprint('locked', flush=True)\nsys.stdin.readline()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "x" / "log.csv")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout.readline() == "locked\n"
    with pytest.raises(EvomodError, match="another process is writing"):
        resume(tmp_path / "x", ["evolution.generations=9"])
    other.communicate("\n", timeout=60)
    assert resume(tmp_path / "x", ["evolution.generations=9"]).is_complete


def test_where_there_are_no_locks_nothing_is_made(tmp_path, monkeypatch):
    whole = run(config(), 1, tmp_path / "x").folder
    (tmp_path / "study.toml").write_text(STUDY)
    before = tree(tmp_path)
    for name in ("flock", "lockf", "fcntl"):
        monkeypatch.setattr(fcntl, name, denied(errno.ENOLCK))
    for act in (
        lambda: resume(whole, ["evolution.generations=9"]),
        lambda: run(config(), 1, tmp_path / "new" / "run"),
        lambda: run_study(load_definition(tmp_path / "study.toml"), tmp_path / "new" / "study", jobs=1),
    ):
        with pytest.raises(EvomodError, match="has no locks"):
            act()
        assert tree(tmp_path) == before


def test_nobody_else_can_hold_the_lock_of_compilation(tmp_path, monkeypatch):
    """A name in a public folder could be taken first, by a pipe that is never read."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with warmup.one_at_a_time("x"):
        folder = tmp_path / "cache" / "evomod"
        assert folder.stat().st_mode & 0o777 == 0o700 and (folder / "x.lock").exists()
    folder.chmod(0o777)
    monkeypatch.setattr(warmup.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    with warmup.one_at_a_time("x"):
        assert [path.name for path in (tmp_path / "temporary").rglob("*.lock")] == ["x.lock"]


# signals


def test_what_ignores_ctrl_c_goes_on_ignoring_it(tmp_path):
    code = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nfrom evomod.cli.parser import main\n"
        "from evomod.runs import tracking\ntrue = tracking.Tracker.row\n"
        "def row(self, generation):\n    signal.raise_signal(signal.SIGINT)\n    return true(self, generation)\n"
        "tracking.Tracker.row = row\nsys.exit(main(sys.argv[1:]))\n"
    )
    few = ["--set", "evolution.generations=3", "--set", "evolution.population=10"]
    done = subprocess.run(
        [sys.executable, "-c", code, "evolve", "retina", "--seed", "1", "--out", str(tmp_path / "x"), *few],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "x" / "complete").exists()


def test_a_signal_between_two_looks_still_saves_the_state(tmp_path, monkeypatch):
    """It comes after the question whether to save, and before the one whether to stop."""
    from evomod.runs import run as runs
    from evomod.runs import tracking

    true = tracking.Tracker.row

    def row(self, generation):
        if generation.number == 2:
            signal.raise_signal(signal.SIGTERM)
        return true(self, generation)

    monkeypatch.setattr(tracking.Tracker, "row", row)
    with pytest.raises(evomod.Interrupted) as stopped:
        run(config(), 1, tmp_path / "x")
    assert stopped.value.signal_number == signal.SIGTERM
    saved = runs.read_arrays(tmp_path / "x" / "checkpoint.npz", 2**24)
    assert saved["number"] == 2
    monkeypatch.undo()
    resume(tmp_path / "x")
    whole = run(config(), 1, tmp_path / "y").folder
    assert (tmp_path / "x" / "log.csv").read_bytes() == (whole / "log.csv").read_bytes()


# the disk, and where output goes


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full. Make room, then start the same command again"),
        (errno.EDQUOT, "the disk is full. Make room"),
        (errno.EROFS, "Make it writable, then start the same command again"),
        (errno.EACCES, "Make it writable"),
        (errno.EIO, "Give another folder"),
    ],
)
def test_the_same_command_works_when_the_cause_is_gone(tmp_path, monkeypatch, number, said):
    true, left = os.fsync, [3]

    def fsync(descriptor):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        true(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(EvomodError, match=said):
        run(config(), 1, tmp_path / "x")
    monkeypatch.undo()
    assert run(config(), 1, tmp_path / "x").is_complete


def test_a_full_disk_where_kernels_are_kept_ends_no_run(tmp_path):
    """A limit on file size stands in for the full disk: the run is small enough, compiled kernels are not."""
    (tmp_path / "limited.py").write_text(
        "import resource, signal, sys\nfrom evomod.cli.parser import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "small = ['--set', 'evolution.population=4', '--set', 'evolution.generations=2']\n"
        "sys.exit(main(['evolve', 'circuit', *small, '--out', 'x']))\n"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "NUMBA_DISABLE_JIT": "0"}
    command = [sys.executable, "limited.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "x" / "complete").exists()
    assert not list((tmp_path / "cache").rglob("*.nbc"))


def test_a_folder_that_is_removed_is_one_sentence(tmp_path, monkeypatch):
    from evomod.runs import tracking

    true = tracking.Tracker.row

    def row(self, generation):
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
        return true(self, generation)

    monkeypatch.setattr(tracking.Tracker, "row", row)
    with pytest.raises(EvomodError, match="cannot write to .*No such file"):
        run(config(), 1, tmp_path / "x")


def test_the_status_of_a_study_that_cannot_be_written_to_is_told(tmp_path, monkeypatch, capsys):
    (tmp_path / "study.toml").write_text(STUDY)
    assert (
        main(["study", str(tmp_path / "study.toml"), "--out", str(tmp_path / "st"), "--jobs", "1"]) == 0
    )
    told = capsys.readouterr().out
    before = tree(tmp_path / "st")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr("evomod.studies.tables.write_tables", None)
    for number in range(2):
        assert main(["status", str(tmp_path / "st")]) == 0
        said = capsys.readouterr()
        assert told.splitlines()[1] in said.out and ("shown as they are" in said.err) == (number == 1)
        assert tree(tmp_path / "st") == before
        for path in (tmp_path / "st").glob("*/*/complete"):  # as of a run that was made longer
            os.utime(path)


def test_the_status_of_a_study_whose_last_runs_are_measured_is_told(made, tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(made / "st", tmp_path / "st")
    (folder / "summary.csv").unlink()
    before = tree(folder)
    with held(folder, shared=False):
        assert main(["status", str(folder)]) == 0
    assert "another process measures the last runs" in capsys.readouterr().out
    assert tree(folder) == before | {"study.lock": b""}


def test_names_that_are_not_utf8_are_one_sentence_and_such_folders_hold_runs(
    tmp_path, monkeypatch, capsys
):
    for arguments in (
        ["evolve", "\udcff"],
        ["report", "\udcff"],
        ["status", "\udcff"],
        ["evolve", "retina", "--out", "\udcff"],
    ):
        assert main(arguments) == 2
        assert "is not UTF-8 text; rename" in capsys.readouterr().err
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()
    monkeypatch.chdir(folder)
    run(config(), 1, "x")
    assert main(["report", "x"]) == 0 and (folder / "x" / "report.html").stat().st_size


def called(*arguments, **options):
    command = [sys.executable, "-m", "evomod", *map(str, arguments)]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120, **options)


def test_output_that_cannot_be_written_is_one_sentence():
    with open("/dev/full", "w") as full:
        for command in (["tasks"], ["--help"]):
            done = called(*command, stdout=full)
            assert done.returncode == 2, done.stderr
            assert done.stderr.startswith("evomod: standard output") and "Traceback" not in done.stderr
    done = called("tasks", stdout=None, preexec_fn=lambda: os.close(1))
    assert "Traceback" not in done.stderr
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "evomod", "evolve", "nowhere"]
        assert subprocess.run(command, stderr=full, timeout=120).returncode == 2


def test_letters_that_the_output_does_not_have_stop_nothing(made):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = called("tasks", stdout=subprocess.PIPE, env=environment)
    assert done.returncode == 0 and "goals more" in done.stdout, done.stderr


def test_a_working_folder_that_is_gone_is_one_sentence(tmp_path):
    (tmp_path / "x").mkdir()
    code = f"import os; os.chdir({str(tmp_path / 'x')!r}); os.rmdir({str(tmp_path / 'x')!r})\n" \
        "import sys; from evomod.cli.parser import main; sys.exit(main(['measure', 'x.json']))"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 2 and "the folder that this command was called in is gone" in done.stderr


# trust


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """A run and a study from somebody else, whose task leaves a mark where it is executed."""
    mark = tmp_path / "mark"
    home = tmp_path / "theirs"
    home.mkdir()
    (home / "own.py").write_text(OWN.format(mark=str(mark), name="own"))
    (home / "study.toml").write_text(STUDY.replace('"retina"', '"own.py"'))
    monkeypatch.chdir(home)
    run(config(task="own.py"), 1, tmp_path / "r")
    assert main(["study", "study.toml", "--out", str(tmp_path / "st"), "--jobs", "1"]) == 0
    (tmp_path / "st" / "pa" / "000" / "complete").unlink()
    (home / "tasks").mkdir()
    (home / "tasks" / "retina.py").write_text(OWN.format(mark=str(mark), name="retina"))
    mark.unlink()
    return mark


def test_reading_executes_nothing(foreign, tmp_path, capsys):
    for arguments in (
        ["plot", "../r"],
        ["status", "../st"],
        ["measure", "../r", "--draws", "5"],
        ["measure", "../r/best.json", "--draws", "5"],
        ["evolve", "--resume", "../r", "--show-config"],
        ["report", "../r"],
        ["report", "../st"],
        ["compare", "../st"],
        ["export", "../r", "--gml", "x.gml"],
    ):
        assert main(arguments) == 0, capsys.readouterr().err
        assert not foreign.exists(), arguments
    evomod.load_study("../st")
    assert not foreign.exists()


def test_what_would_execute_the_folders_code_names_it_first(foreign, tmp_path, capsys):
    for arguments in (
        ["evolve", "--resume", "../r", *MORE],
        ["transfer", "../r", "--to", "either", "--repeats", "1", "--generations", "1"],
        ["movie", "../r", "--out", "../x.gif"],
        ["study", "../st", "--jobs", "1"],
    ):
        before = tree(tmp_path / "r") | tree(tmp_path / "st")
        shutil.move("own.py", "../own.py")  # found by nobody
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert "--trust" in said and ".py" in said and not foreign.exists()
        assert tree(tmp_path / "r") | tree(tmp_path / "st") == before
        shutil.move("../own.py", "own.py")
        evomod.task._executed.cache_clear()  # as in a new process: a file is executed once in each
        assert main([*arguments, "--trust"]) == 0, capsys.readouterr().err
        assert foreign.exists()
        foreign.unlink()


def test_a_task_that_evomod_finds_itself_needs_no_trust(foreign, tmp_path, capsys):
    shutil.copy("own.py", "tasks/own.py")
    Path("tasks/retina.py").unlink()
    assert main(["evolve", "--resume", "../r", *MORE]) == 0, capsys.readouterr().err
    shipped = run(config(), 1, tmp_path / "shipped").folder
    assert main(["evolve", "--resume", str(shipped), *MORE]) == 0


def test_a_run_that_stops_says_how_to_go_on_with_a_task_of_ones_own(foreign, tmp_path, monkeypatch):
    from evomod.runs import tracking

    true = tracking.Tracker.row

    def row(self, generation):
        if generation.number == 1 and len(raised) < 2 * asked[0]:
            raised.append(1)
            signal.raise_signal(signal.SIGTERM)
        return true(self, generation)

    raised, asked = [], [1]
    monkeypatch.setattr(tracking.Tracker, "row", row)
    with pytest.raises(evomod.Interrupted, match=r"--resume .* --trust`"):
        run(config(task="own.py"), 1, tmp_path / "y")
    asked[0] = 2
    with pytest.raises(evomod.Interrupted, match=r"--resume \S*`"):
        run(config(task=str(evomod.task.bundled() / "retina.py")), 1, tmp_path / "z")


# damaged files


def test_a_bomb_of_zeros_is_refused_before_it_is_unpacked(tmp_path):
    from evomod.files.readers import DamageError, read_arrays, unpacked

    packed = gzip.compress(bytes(50 * 2**20), mtime=0)
    with pytest.raises(DamageError, match="unpacks to more than"):
        unpacked(packed, 2**20)
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("genomes.npy", bytes(50 * 2**20))
    with pytest.raises(DamageError, match="would take more than"):
        read_arrays(tmp_path / "x.npz", 2**20)


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b'"\xff"', b"{} x", b""]
)
def test_json_that_is_none_is_one_sentence(tmp_path, content):
    from evomod.files.readers import DamageError, parse_json

    with pytest.raises(DamageError):
        parse_json(content)


def test_json_that_would_take_all_memory_is_refused():
    from evomod.files.readers import DamageError, parse_json

    with pytest.raises(DamageError, match="MB of memory"):
        parse_json(b"[" + b"{}," * 4_000_000 + b"{}]")


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "best.json")
    with pytest.raises(EvomodError, match="it is a pipe"):
        evomod.load_network(tmp_path / "best.json")


CHECKPOINTS = [
    {"number": np.array(np.inf)},
    {"number": np.array(2**62)},
    {"number": np.array(-1)},
    {"number": np.array(3)},
    {"bytes": np.array([-5, -5])},
    {"bytes": np.array([100.5, 3.0])},
    {"bytes": np.array(["x", "y"])},
    {"bytes": np.array([2**62, 0])},
    {"schedule": np.array("[1e400, []]")},
    {"schedule": np.array("[-1, []]")},
    {"schedule": np.array('{"a": 1}')},
    {"schedule": np.array("[" * 10_000)},
    {"rng": np.array('{"bit_generator": "PCG64", "state": {"state": -1, "inc": 1}, "has_uint32": 0, "uinteger": 0}')},
    {"rng": np.array('{"bit_generator": "MT19937"}')},
    {"front": np.full(10, -1)},
    {"front": np.zeros(10, np.int32)},
    {"objectives": np.zeros((10, 1), ">f8")},
    {"genomes": np.zeros((10, 121), np.int64)},
    {"run": np.array(5)},
]  # fmt: skip


@pytest.mark.parametrize("change", CHECKPOINTS, ids=str)
def test_checkpoints_that_no_run_could_have_written_are_refused(made, tmp_path, change):
    folder = shutil.copytree(made / "r", tmp_path / "r")
    with np.load(folder / "checkpoint.npz") as data:
        fields = {name: data[name] for name in data.files}
    np.savez(folder / "checkpoint.npz", **(fields | change))
    before = tree(folder)
    with pytest.raises(EvomodError, match=r"is damaged|is shorter|is not the table|another run"):
        resume(folder, ["evolution.generations=9"])
    assert tree(folder) == before


def test_a_checkpoint_that_cannot_be_read_is_not_called_damaged(made, tmp_path, monkeypatch):
    folder = shutil.copytree(made / "r", tmp_path / "r")

    def refused(path, most):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(evomod.runs.checkpoints, "read_arrays", refused)
    with pytest.raises(EvomodError, match=r"cannot be read: Permission denied\.$"):
        resume(folder, ["evolution.generations=9"])


MANIFESTS = [
    {"seed": 5}, {"seed": {}}, {"seed": {"entropy": -1, "spawn_key": []}}, {"resumed": 5},
    {"start": "yesterday"}, {"q_method": 3}, {"versions": []},
]  # fmt: skip


@pytest.mark.parametrize("change", MANIFESTS, ids=str)
def test_manifests_that_no_run_could_have_written_are_refused(made, tmp_path, change):
    folder = shutil.copytree(made / "r", tmp_path / "r")
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    before = tree(folder)
    for act in (evomod.load_run, lambda place: resume(place, ["evolution.generations=9"])):
        with pytest.raises(EvomodError, match="manifest.json is damaged"):
            act(folder)
    assert tree(folder) == before


@pytest.mark.parametrize(
    "change",
    [{"goal": [1]}, {"fitness": 5}, {"fitness": {"a": "b"}}, {"generation": -1}, {"q_score": "x"},
     {"q_method": 1}, {"modules": 1.5}, {"connection_cost": []}, {"inputs": 7}, {"task": [1]}, {"tie_rule": "no"},
     {"gain": 1e400}, {"nodes": 5}, {"nodes": [5]}, {"connections": {}}, {"steps": 10**9}],
    ids=str,
)  # fmt: skip
def test_best_networks_that_no_run_could_have_written_are_refused(made, tmp_path, change, capsys):
    folder = shutil.copytree(made / "r", tmp_path / "r")
    best = json.loads((folder / "best.json").read_text())
    (folder / "best.json").write_text(json.dumps(best | change))
    for command in ("plot", "measure"):
        code = main([command, str(folder)])
        assert code == 2 and "best.json is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("4,left-and-right," + "9" * 30, "cells"),
        ("x" * 140_000, "cells"),
        ("4,left-and-right" + ",x" * 12, "best_fitness is 'x', not a number"),
        ("y" * 2_000_000, "letters"),
    ],
)
def test_logs_that_no_run_could_have_written_are_refused(made, tmp_path, line, said, capsys):
    folder = shutil.copytree(made / "r", tmp_path / "r")
    with open(folder / "log.csv", "a") as log:
        log.write(line + "\n")
    assert main(["plot", str(folder)]) == 2
    assert said in (text := capsys.readouterr().err) and "log.csv is damaged: line 7" in text


def test_a_number_beyond_64_bits_is_a_number(tmp_path):
    from evomod.files.tables import read_table

    (tmp_path / "t.csv").write_text("a,b,goal\n1,9999999999999999999999,7\n2,,8\n3,torn")
    with pytest.raises(EvomodError, match="its last line is torn"):
        read_table(tmp_path / "t.csv")
    table = read_table(tmp_path / "t.csv", growing=True)
    assert table["a"].dtype == np.int64 and table["b"][0] == 1e22 and np.isnan(table["b"][1])
    assert table["goal"].tolist() == ["7", "8"]


TASKS = [
    "TASK = Task(name=1, inputs=1, subgoals=1, goals=1)",
    "TASK = Task('x', ('a',), {1: lambda i: i.a}, {'g': lambda s: s})",
    "TASK = Task('x', ('a',), {'s': lambda i: i.a}, {'g': lambda s: ()})",
    "TASK = Task('x', ('a',), {'s': lambda i: [i.a, [i.a]]}, {'g': lambda s: s})",
    "TASK = Task('x', ('a',), {'s': lambda i: i.a}, {'g': print})",
    "TASK = Task('x', ('a',), {'s': lambda i: i.a}, {'g': dict})",
    "TASK = Task('x', ('a',), {'s': lambda i: i.a}, {'g': lambda s: s}, layers=5)",
    "TASK = Task('x', ('a',), {'s': lambda i: i.a}, {'g': lambda s: s}, description=5)",
]


@pytest.mark.parametrize("text", TASKS)
def test_tasks_of_wrong_types_are_refused_in_words(tmp_path, text):
    path = tmp_path / "x.py"
    path.write_text(f"from evomod.task import Task\n{text}\n")
    with pytest.raises(EvomodError, match=r"x\.py"):
        evomod.load_task(path)


def test_a_name_of_many_parts_takes_no_memory(tmp_path):
    """Twenty thousand parts took more than a gigabyte."""
    (tmp_path / "x.toml").write_text("a." * 200_000 + "a = 1\n")
    with pytest.raises(EvomodError, match="a name in it has more than 64 parts"):
        evomod.load_config(tmp_path / "x.toml")


def test_tables_that_are_being_begun_are_told_from_foreign_ones(tmp_path, monkeypatch):
    """Another process may have gone from its first file to its last between two looks at the folder."""
    from evomod.runs import run as runs

    def looked(folder):
        run(config(), 1, folder)
        return False

    (tmp_path / "x").mkdir()
    true = runs.is_half_begun
    monkeypatch.setattr(
        runs, "is_half_begun", lambda folder, files: monkeypatch.undo() or looked(folder)
    )
    with pytest.raises(EvomodError, match="already holds a run"):
        runs._claim(tmp_path / "x", ())
    assert runs.is_half_begun is true


TABLES = [
    ("summary.csv", lambda text: text.replace(",0\n", ",\n"), ["status", "report", "compare"]),
    ("density.csv.gz", lambda text: text.replace("individuals", "many"), ["report"]),
    ("networks.json.gz", lambda text: text.replace('"goal"', '"gaol"'), ["report"]),
]


@pytest.mark.parametrize(("name", "change", "commands"), TABLES, ids=[one[0] for one in TABLES])
def test_tables_that_no_study_could_have_written_are_refused(
    made, tmp_path, name, change, commands, capsys
):
    path = shutil.copytree(made / "st", tmp_path / "st") / name
    if name == "density.csv.gz" and not path.exists():
        path.write_bytes(
            gzip.compress(b"treatment,replicate,generation,connection_cost,q_score,individuals\n")
        )
    pack, unpack = (gzip.compress, gzip.decompress) if name.endswith(".gz") else (bytes, bytes)
    path.write_bytes(pack(change(unpack(path.read_bytes()).decode()).encode()))
    for command in commands:
        assert main([command, str(path.parent)]) == 2, command
        assert f"{name}" in capsys.readouterr().err


def test_a_log_that_is_shorter_than_its_run_is_said_in_the_report(made, tmp_path, capsys):
    folder = shutil.copytree(made / "r", tmp_path / "r")
    lines = (folder / "log.csv").read_text().splitlines(keepends=True)
    (folder / "log.csv").write_text("".join(lines[:-1]))
    assert main(["report", str(folder), "--out", str(tmp_path / "x.html")]) == 0
    assert "its log ends with generation 3" in (tmp_path / "x.html").read_text()
    (folder / "log.csv").write_bytes(b"generation\n\xff\n")
    assert main(["movie", str(folder), "--out", str(tmp_path / "x.gif")]) == 2
    assert "log.csv is damaged" in capsys.readouterr().err
