"""Studies run: the same bytes by any engine and over any death, and one sentence for what goes wrong."""

import gc
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import weakref
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.runs import measures as run_measures
from evomod.runs import run as runs
from evomod.studies import engines, run_rows
from evomod.studies import run as study_run
from evomod.studies.definition import load_definition, replicates_of
from evomod.studies.engines import evolve_folder
from evomod.studies.folder import (
    SESSION,
    begin_run,
    begin_session,
    end_session,
    generation_of,
    is_done,
    load_manifest,
    opened,
    sessions_of,
    status_of,
)
from evomod.studies.run import run_study

SAME = (
    "log.csv",
    "population.csv",
    "best.json",
    "checkpoint.npz",
    "config.toml",
    "task.py",
    "measures.json",
    "rows.json",
)
TABLES = ("summary.csv", "curves.csv", "courses.csv.gz", "networks.json.gz", "density.csv.gz")
TEXT = """
name = "two"
seed = 7
replicates = 2

[base]
task = "retina"
evolution = {population = 20, generations = GENERATIONS}
tracking = {population_every = 100, checkpoint_seconds = 0.05}

[treatments.pa]
[treatments.pcc]
settings.pressures.connection-cost = {}
"""


def written(folder, generations=30):
    path = folder / "study.toml"
    path.write_text(TEXT.replace("GENERATIONS", str(generations)))
    return path


def contents(folder):
    """Every byte of a study that must be the same however it was made."""
    paths = [path for name in SAME for path in Path(folder).glob(f"*/*/{name}")]
    paths += [Path(folder) / name for name in TABLES]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def command(*arguments):
    return [sys.executable, "-m", "evomod", "study", *map(str, arguments)]


def started(*arguments, **options):
    pipe = subprocess.PIPE
    return subprocess.Popen(command(*arguments), stdout=pipe, stderr=pipe, text=True, **options)


def until(condition, process, seconds=60):
    begun = time.monotonic()
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)


def workers(process):
    """Process ids of the pool's workers."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True)
    lines = {int(pid): Path(f"/proc/{pid}/cmdline") for pid in found.stdout.split()}
    return [pid for pid, path in lines.items() if path.exists() and b"spawn_main" in path.read_bytes()]


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A short study, run here one by one: what every other way must equal."""
    home = tmp_path_factory.mktemp("short")
    study = load_definition(written(home))
    run_study(study, home / "out", jobs=1)
    return study, home / "out"


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """One that leaves time to kill it."""
    home = tmp_path_factory.mktemp("long")
    path = written(home, 1000)
    run_study(load_definition(path), home / "out", jobs=1)
    return path, home / "out"


@pytest.fixture
def only_workers_measure(monkeypatch):
    """Nothing is left for this process to measure or to read of logs; workers do not see this."""

    def refused(*_):
        raise AssertionError("measured by the process that writes the tables")

    monkeypatch.setattr(run_measures, "q_beside_nulls", refused)
    monkeypatch.setattr(run_rows, "_made", refused)


def test_any_number_of_workers_gives_the_same_bytes(short, tmp_path, only_workers_measure):
    study, one = short
    run_study(study, tmp_path / "x", jobs=5)
    assert len(contents(one)) == 4 * len(SAME) + len(TABLES)
    assert contents(tmp_path / "x") == contents(one)


def test_shards_give_the_same_bytes(short, tmp_path):
    study, one = short
    for part in (3, 1, 2):
        run_study(study, tmp_path / "x", shard=(part, 3))
        assert not (tmp_path / "x" / "summary.csv").exists()
    assert len(list(tmp_path.glob("x/*/*/measures.json"))) == 4
    run_study(study, tmp_path / "x")
    assert contents(tmp_path / "x") == contents(one)


@pytest.mark.parametrize("before", ["q_measures", "run_rows"])
def test_death_between_a_run_and_its_measure_or_rows_loses_nothing(short, tmp_path, monkeypatch, before):
    """Whoever gets the run next makes them; else whoever writes the tables, as in folders from before."""
    study, one = short
    out = shutil.copytree(one, tmp_path / "x")
    for path in (*out.glob("pa/*/measures.json"), *out.glob("pa/*/rows.json")):
        path.unlink()
    place = out / "pa" / "000"
    with monkeypatch.context() as patch:
        patch.setattr(engines, before, lambda *_: sys.exit("as if killed"))
        with pytest.raises(SystemExit):
            evolve_folder(place, lambda generation: False)
    written = (place / "log.csv").stat().st_mtime_ns
    assert (place / "measures.json").exists() == (before == "run_rows") and is_done(place)
    assert evolve_folder(place, lambda generation: False).ended == "done"
    assert (place / "log.csv").stat().st_mtime_ns == written  # not evolved again
    assert [path.parent.name for path in out.glob("pa/*/measures.json")] == ["000"]
    assert [path.parent.name for path in out.glob("pa/*/rows.json")] == ["000"]
    run_study(study, out, jobs=1)
    assert contents(out) == contents(one)


def edited(known, **changes):
    return json.dumps(known | changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda known: "",
        lambda known: json.dumps(known)[:-9],
        lambda known: "[]",
        lambda known: edited(
            known, source=known["source"] | {"format": "evomod rows 0"}, course="0,9,9\n"
        ),
        lambda known: edited(known, source=known["source"] | {"log_bytes": 1}, course="0,9,9\n"),
        lambda known: edited(known, source=known["source"] | {"best_sha256": "0"}, network="{}"),
        lambda known: json.dumps({name: known[name] for name in known if name != "density"}),
        lambda known: edited(known, more=1),
    ],
    ids=["empty", "torn", "list", "version", "log", "network", "missing", "unknown"],
)
def test_rows_that_are_damaged_or_of_another_version_or_log_are_made_again(short, tmp_path, spoil):
    study, one = short
    out = shutil.copytree(one, tmp_path / "x")
    rows = out / "pcc" / "001" / "rows.json"
    rows.write_text(spoil(json.loads(rows.read_text())))
    run_study(study, out, jobs=1)
    assert contents(out) == contents(one)


def test_the_rows_of_a_run_that_is_made_longer_are_those_of_the_longer_run(short, tmp_path):
    place = shutil.copytree(short[1] / "pa" / "000", tmp_path / "run")
    before = run_rows.run_rows(place, evomod.load_run)
    evomod.resume(place, ["evolution.generations=35"])
    after = run_rows.run_rows(place, evomod.load_run)
    assert (before.summary["generations"], after.summary["generations"]) == ("30", "35")
    assert after.course.startswith(before.course) and after.course.count("\n") == 36


def test_replicates_share_what_their_treatment_begins_with(short, tmp_path):
    replicate = replicates_of(short[0])[1]
    shared = runs.begin(runs.beginning(replicate.treatment.config), replicate.seed, tmp_path / "shared")
    alone = runs.begin(replicate.treatment.config, replicate.seed, tmp_path / "alone")
    files = ["config.toml", "log.csv", "manifest.json", "task.py"]  # the log is the run's lock
    assert sorted(path.name for path in shared.iterdir()) == files
    for path in shared.iterdir():
        if path.name != "manifest.json":
            assert path.read_bytes() == (alone / path.name).read_bytes()
    first, second = (json.loads((place / "manifest.json").read_text()) for place in (shared, alone))
    assert first | {"start": 0} == second | {"start": 0} and list(first) == list(second)


def test_an_engine_is_asked_once_how_much_it_takes(short, tmp_path, monkeypatch):
    study, one = short
    asked = []

    @contextmanager
    def counted(jobs):
        with engines.pool(jobs) as engine:
            yield replace(engine, at_once=lambda: asked.append(1) or 4)

    monkeypatch.setattr(study_run, "pool", counted)
    run_study(study, tmp_path / "x", jobs=2)
    assert asked == [1] and contents(tmp_path / "x") == contents(one)  # all four runs at once


def test_a_measure_that_cannot_be_written_is_one_sentence(short, tmp_path):
    place = shutil.copytree(short[1] / "pa" / "000", tmp_path / "run")
    (place / "measures.json").unlink()
    (place / "measures.json.part").mkdir()
    outcome = evolve_folder(place, lambda generation: False)
    assert outcome.ended == "failed" and f"cannot write to {place}" in outcome.message


def test_a_process_that_is_given_many_runs_looks_for_old_garbage(short, monkeypatch):
    """As tasks leave it, which are modules whose functions refer to them: 10,000 runs took 32 MB."""
    monkeypatch.setattr(engines, "EVOLVED", itertools.count(1))
    monkeypatch.setattr(engines, "SEARCH_EVERY", 2)
    ring = type("Ring", (), {})()
    ring.itself, seen = ring, weakref.ref(ring)
    gc.collect()  # it is old now
    gc.disable()
    try:
        del ring
        lives = []
        for _ in range(2):
            evolve_folder(short[1] / "pa" / "000", lambda generation: False)
            lives.append(seen() is not None)
    finally:
        gc.enable()
    assert lives == [True, False]


def test_a_replicate_is_repeated_alone(short, tmp_path):
    study, one = short
    replicate = replicates_of(study)[3]
    alone = evomod.run(replicate.treatment.config, replicate.seed, tmp_path / "x").folder
    assert (alone / "log.csv").read_bytes() == (one / replicate.place / "log.csv").read_bytes()


def test_more_replicates_are_added_to_those_that_are_there(short, tmp_path):
    study, _ = short
    path = written(tmp_path)
    run_study(load_definition(path, replicates=1), tmp_path / "x", jobs=1)
    before = (tmp_path / "x" / "pa" / "000" / "manifest.json").read_bytes()
    run_study(study, tmp_path / "x", jobs=1)
    assert (tmp_path / "x" / "pa" / "000" / "manifest.json").read_bytes() == before  # not run again
    assert contents(tmp_path / "x") == contents(short[1])


def test_treatments_are_added_to_those_that_are_there(short, tmp_path):
    study, _ = short
    path = written(tmp_path)
    one = replace(load_definition(path), treatments=study.treatments[:1])
    run_study(one, tmp_path / "x", jobs=1)
    before = (tmp_path / "x" / "pa" / "000" / "manifest.json").read_bytes()
    run_study(study, tmp_path / "x", jobs=1)
    assert (tmp_path / "x" / "pa" / "000" / "manifest.json").read_bytes() == before  # not run again
    assert contents(tmp_path / "x") == contents(short[1])
    assert load_manifest(tmp_path / "x")["tasks"].keys() == {"pa", "pcc"}
    with pytest.raises(EvomodError, match="it has treatment pcc besides"):
        run_study(one, tmp_path / "x", jobs=1)  # its table would lose runs


def test_a_study_whose_process_is_killed_goes_on_to_the_same_bytes(long, tmp_path):
    path, whole = long
    out = tmp_path / "x"
    process = started(path, "--out", out, "--jobs", 2)
    until(lambda: list(out.glob("*/*/log.csv")), process)
    time.sleep(random.uniform(0.0, 0.5))
    process.kill()
    process.communicate(timeout=60)  # ends when the last worker has let go of the pipes
    run_study(load_definition(path), out, jobs=1)
    assert contents(out) == contents(whole)


def test_a_killed_worker_costs_little_and_ctrl_c_saves_every_run(long, tmp_path):
    path, whole = long
    out = tmp_path / "x"
    process = started(path, "--out", out, "--jobs", 2, start_new_session=True)
    until(lambda: list(out.glob("*/*/checkpoint.npz")), process)
    dead = random.choice(workers(process))
    os.kill(dead, signal.SIGKILL)
    until(lambda: dead not in workers(process) and workers(process), process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    said = interrupted(process, out)
    run_study(load_definition(path), out, jobs=1)
    assert contents(out) == contents(whole), said


def interrupted(process, out):
    """What a study says that was stopped by Ctrl-C, after a look at what it left."""
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "of 4 runs are done" in said and f"`evomod study {out}`" in said and "Traceback" not in said
    return said


def test_a_run_that_cannot_be_handed_out_as_workers_have_died_is_kept(short, tmp_path, monkeypatch):
    study, one = short
    deaths = [BrokenProcessPool("killed while it waited for work")]

    @contextmanager
    def deadly(jobs):
        with engines.pool(jobs) as engine:

            def submit(folder):
                if deaths and folder.name == "001":
                    raise deaths.pop()
                return engine.submit(folder)

            yield replace(engine, submit=submit)

    monkeypatch.setattr(study_run, "pool", deadly)
    run_study(study, tmp_path / "x", jobs=2)
    assert not deaths and contents(tmp_path / "x") == contents(one)


def test_status_and_ctrl_c_of_a_single_process(long, tmp_path, capsys):
    path, whole = long
    out = tmp_path / "x"
    process = started(path, "--out", out, "--jobs", 1)
    until(lambda: generation_of(out / "pa" / "000") > 0, process)
    status = status_of(load_definition(path), out)
    states = status.states
    assert main(["status", str(out)]) == 0
    process.send_signal(signal.SIGINT)
    assert re.search(r"runs now +p\w+/00\d \d+%", capsys.readouterr().out)
    assert len(status.running) == 1 and all(0.0 <= share < 1.0 for share in status.running.values())
    interrupted(process, out)
    assert "running" in states["pa"] or "running" in states["pcc"]
    begun = [place for place in out.glob("*/*") if (place / "log.csv").exists()]
    assert all((place / "checkpoint.npz").exists() for place in begun)
    assert main(["status", str(out)]) == 0
    assert "1 begun" in capsys.readouterr().out
    assert main(["study", str(out), "--jobs", "1"]) == 0 and main(["status", str(out)]) == 0
    assert "2 done" in capsys.readouterr().out
    assert contents(out) == contents(whole)


def test_a_run_that_fails_stops_no_other(short, tmp_path, capsys):
    study, one = short
    out = tmp_path / "x"
    victim = replicates_of(study)[1]
    place = begin_run(victim, out)
    (place / "checkpoint.npz").write_bytes(b"nonsense")
    assert main(["study", str(written(tmp_path)), "--out", str(out), "--jobs", "1"]) == 1
    told = capsys.readouterr()
    assert "pcc/000 failed: " in told.err and "is damaged" in told.err
    assert "1 runs failed" in told.err and "solved 0 of 1" in told.out
    failures = json.loads((out / "failures.json").read_text())["failures"]
    assert [(f["treatment"], f["replicate"], f["seed"]) for f in failures] == [("pcc", 0, victim.seed)]
    again = failures[0]["repeat"].split()
    assert again[:5] == ["evomod", "evolve", str(place / "config.toml"), "--seed", str(victim.seed)]
    assert sum((r / "complete").exists() for r in out.glob("*/*")) == 3
    assert (out / "summary.csv").read_text().count("\n") == 4
    (out / "failures.json").unlink()
    assert main(["study", str(out), "--shard", "2/2"]) == 1
    assert [path.name for path in out.glob("failures*")] == ["failures-2-of-2.json"]
    (place / "checkpoint.npz").unlink()
    assert run_study(study, out, jobs=1).failures == []
    assert not list(out.glob("failures*")) and contents(out) == contents(one)


def test_a_full_disk_is_one_sentence_and_nothing_is_lost(short, tmp_path):
    """A limit on file size stands in for the full disk: the write fails in the same way."""
    study, _ = short
    out = tmp_path / "x"
    text = f"""
import resource, signal, sys
from evomod.cli.parser import main
if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    sys.exit(main(["study", {str(written(tmp_path))!r}, "--out", {str(out)!r}, "--jobs", "1"]))
"""
    (tmp_path / "limited.py").write_text(text)
    done = subprocess.run([sys.executable, tmp_path / "limited.py"], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "the disk is full" in done.stderr and f"`evomod study {out}`" in done.stderr
    assert "Traceback" not in done.stderr
    run_study(study, out, jobs=1)
    assert contents(out) == contents(short[1])


def test_what_contradicts_itself_is_refused(short, tmp_path):
    study, _ = short
    for options, said in (
        ({"shard": (4, 3)}, "wanted i/n"),
        ({"shard": (1, 3), "jobs": 2}, "leave out the jobs"),
        ({"jobs": 0}, "one job or more"),
        ({"jobs": 2, "dask": "tcp://nowhere:1"}, "has its own"),
    ):
        with pytest.raises(EvomodError, match=said):
            run_study(study, tmp_path / "x", **options)
    assert not (tmp_path / "x").exists()


def test_the_bar_counts_all_generations(short, tmp_path, capsys):
    study, _ = short
    run_study(study, tmp_path / "x", jobs=1, progress=True)
    assert "120/120" in capsys.readouterr().err
    run_study(study, tmp_path / "x", jobs=1)
    assert capsys.readouterr().err == ""  # quiet where there is no terminal


def test_every_session_that_evolved_runs_is_kept(short, tmp_path, monkeypatch):
    study, _ = short
    folder, manifest = tmp_path / "x", tmp_path / "x" / "manifest.json"
    run_study(replace(study, replicates=1), folder, jobs=1)
    (first,) = sessions_of(load_manifest(folder))
    assert set(first) == set(SESSION) and first["argv"] == sys.argv and first["end"] >= first["start"]
    run_study(replace(study, replicates=1), folder, jobs=1)  # nothing is left to evolve
    assert sessions_of(load_manifest(folder)) == [first]
    known = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({k: v for k, v in known.items() if k != "sessions"} | first))
    assert sessions_of(load_manifest(folder)) == [first]  # as manifests were written before
    monkeypatch.setattr(sys, "argv", ["evomod", "study", "again"])
    monkeypatch.setattr(study_run, "write_tables", lambda folder: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_study(study, folder, jobs=1)
    sessions = sessions_of(load_manifest(folder))
    assert sessions[0] == first and len(sessions) == 2
    assert sessions[1]["argv"][-1] == "again" and sessions[1]["end"] is None
    assert "argv" not in load_manifest(folder) and load_manifest(folder)["versions"]


def test_shards_end_their_own_sessions(short, tmp_path):
    study, _ = short
    folder = tmp_path / "x"
    with opened(study, folder, shared=True):
        places = [begin_session(folder), begin_session(folder)]
        end_session(folder, places[0])
    assert places == [0, 1]
    assert [bool(session["end"]) for session in sessions_of(load_manifest(folder))] == [True, False]
