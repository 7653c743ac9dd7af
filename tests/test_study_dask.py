"""Dask: a real scheduler and real workers on this machine; the same bytes, also when a worker is killed."""

import random
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_study_run import contents, started, until, written

from evomod.errors import EvomodError
from evomod.files.provenance import versions
from evomod.runs import measures as run_measures
from evomod.studies import cluster
from evomod.studies.definition import load_definition
from evomod.studies.engines import Outcome
from evomod.studies.run import run_study


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def dask(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard", "--host", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def ended(*processes):
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def scheduler():
    port = free_port()
    process = dask("scheduler", "--port", str(port))
    with ended(process):
        yield f"tcp://127.0.0.1:{port}"


def worker(address):
    return dask("worker", address, "--nthreads", "1", "--no-nanny")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    home = tmp_path_factory.mktemp("dask")
    path = written(home, 400)
    run_study(load_definition(path), home / "out", jobs=1)
    return path, home / "out"


def test_the_same_bytes_with_a_worker_killed_in_the_middle(scheduler, whole, tmp_path):
    path, one = whole
    workers = [worker(scheduler), worker(scheduler)]
    with ended(*workers):
        out = tmp_path / "x"
        process = started(path, "--out", out, "--dask", scheduler)
        until(lambda: list(out.glob("*/*/checkpoint.npz")), process)
        random.choice(workers).kill()
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert contents(out) == contents(one)
        no_shared_folder(scheduler, tmp_path / "y")


def no_shared_folder(scheduler, home):
    """Workers that see neither the study's folder nor its task get the run folder, and send it back."""
    (home / "tasks").mkdir(parents=True)
    text = (Path(__file__).parent.parent / "tasks" / "retina.py").read_text()
    (home / "tasks" / "mine.py").write_text(text.replace('name="retina"', 'name="mine"'))
    path = written(home, 100)
    path.write_text(path.read_text().replace('task = "retina"', 'task = "mine"'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVOMOD_TASK_PATH", str(home / "tasks"))
        patch.setattr(cluster, "load_manifest", lambda folder: {"id": "of another folder"})
        study = load_definition(path, replicates=1)
        with patch.context() as inner:
            inner.setattr(run_measures, "q_beside_nulls", lambda *_: 1 / 0)  # workers have, and sent it
            run_study(study, home / "sent", dask=scheduler)
        run_study(study, home / "alone", jobs=1)
    assert contents(home / "sent") == contents(home / "alone")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ModuleNotFoundError("No module named 'evomod'"), "a worker has no evomod"),
        (
            {"tcp://a:1": versions() | {"evomod": "0.0.9"}},
            "tcp://a:1 has evomod 0.0.9 and the study runs",
        ),
    ],
)
def test_workers_without_evomod_or_of_another_version_are_refused(answer, said):
    """A stand-in for the client: two more processes would take as long as all the rest."""

    def run(function):
        assert function is versions
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(EvomodError, match=said):
        cluster._check_workers(SimpleNamespace(run=run))


def test_ctrl_c_reaches_every_worker_and_saves_every_run(scheduler, tmp_path):
    path, out = written(tmp_path, 3000), tmp_path / "x"
    with ended(worker(scheduler), worker(scheduler)):
        process = started(path, "--out", out, "--dask", scheduler, "--replicates", 1)
        until(lambda: len(list(out.glob("*/*/checkpoint.npz"))) == 2, process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 130 and "of 2 runs are done" in said and "Traceback" not in said
    study = load_definition(path, replicates=1)
    run_study(study, out, jobs=1)
    run_study(study, tmp_path / "whole", jobs=1)
    assert contents(out) == contents(tmp_path / "whole")


def test_a_worker_compiles_once_for_a_config(whole, tmp_path, monkeypatch):
    _, one = whole
    compiled = []
    monkeypatch.setattr(cluster, "COMPILED", set())
    monkeypatch.setattr(cluster, "compile_for", lambda config, task: compiled.append(config))
    monkeypatch.setattr(cluster, "evolve_folder", lambda place, watch: place.name)
    for name in ("pa/000", "pa/001", "pcc/000", "pa/000"):
        assert cluster._evolve(one / name, lambda generation: False) == name[-3:]
    assert [config.pressures.connection_cost is None for config in compiled] == [True, False]


def test_an_order_of_another_version_is_not_evolved():
    order = cluster.Order("x", "id", {}, versions() | {"numpy": "1.0"}, "session")
    outcome = cluster.evolve_order(order)
    assert outcome.ended == "blocked" and "and the study runs with 1.0" in outcome.message
    assert isinstance(outcome, Outcome)


def test_no_scheduler_is_one_sentence(whole, tmp_path, monkeypatch):
    path, _ = whole
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(EvomodError, match="no dask scheduler answers at tcp://127.0.0.1:9"):
        run_study(load_definition(path), tmp_path / "x", dask="tcp://127.0.0.1:9")


def test_a_slurm_cluster_is_described_by_a_toml(tmp_path, monkeypatch):
    path = tmp_path / "cluster.toml"
    path.write_text("[slurm]\nqueue = 'normal'\n")
    with pytest.raises(EvomodError, match="jobs = the number of workers"):
        cluster._slurm(path)
    path.write_text("[slurm]\njobs = 2\nmemory = '2GB'\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EvomodError, match="there is no command sbatch here"):
        cluster._slurm(path)
