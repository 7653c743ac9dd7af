"""Dask: a real scheduler and real workers on this machine; the same bytes, also when a worker is killed."""

import os
import random
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from test_study_run import contents, started, until, written

from evomod import cluster
from evomod.engines import Outcome
from evomod.errors import EvomodError
from evomod.runs import versions
from evomod.study import load_definition, replicates_of
from evomod.study_folder import begin_run
from evomod.study_run import run_study


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def dask(*arguments, cwd=None, **changed):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard", "--host", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | changed,
        cwd=cwd,
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


def worker(address, **changed):
    return dask("worker", address, "--nthreads", "1", "--no-nanny", **changed)


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
        no_shared_folder(path, one, scheduler, tmp_path / "y")


def no_shared_folder(path, one, scheduler, out):
    """Workers that do not find the study's id where they look get the run folder as bytes, and return it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "load_manifest", lambda folder: {"id": "of another folder"})
        study = load_definition(path, replicates=1)
        begin_run(replicates_of(study)[0], out)
        run_study(study, out, dask=scheduler)
    runs = {name: text for name, text in contents(out).items() if "/000/" in name}
    assert runs == {name: text for name, text in contents(one).items() if "/000/" in name}


def test_a_worker_without_evomod_or_of_another_version_is_refused(whole, tmp_path):
    port, (path, _) = free_port(), whole
    address = f"tcp://127.0.0.1:{port}"
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "evomod.py").write_text("raise ModuleNotFoundError('no module evomod')")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sitecustomize.py").write_text(
        "import importlib.metadata as m\ntrue = m.version\n"
        "m.version = lambda name: '0.0.9' if name == 'evomod' else true(name)\n"
    )
    with ended(dask("scheduler", "--port", str(port))):
        for kind, said in (
            ("none", "has no evomod"),
            ("other", "has evomod 0.0.9 and the study runs with"),
        ):
            with ended(worker(address, cwd=tmp_path, PYTHONPATH=str(tmp_path / kind))):
                wait_for_worker(address)
                with pytest.raises(EvomodError, match=said):
                    run_study(load_definition(path), tmp_path / "x", dask=address)
            wait_for_worker(address, 0)
    assert not list((tmp_path / "x").glob("*/*/log.csv"))


def wait_for_worker(address, number=1):
    from distributed import Client

    with Client(address) as client:
        begun = time.monotonic()
        while len(client.scheduler_info()["workers"]) != number:
            assert time.monotonic() - begun < 60
            time.sleep(0.05)


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
