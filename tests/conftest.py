"""What the tests share: sizes for compiled and interpreted kernels, tasks of any shape."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from evomod.task import Task, derive

INTERPRETED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def size(compiled, interpreted):
    """The first number where kernels are compiled, the second where numba is switched off."""
    return interpreted if INTERPRETED else compiled


def make_task(n_inputs, n_outputs=1):
    """A task of this shape, every output being the parity of all inputs."""
    inputs = tuple(f"x{i}" for i in range(n_inputs))

    def parity(given):
        return np.logical_xor.reduce([getattr(given, name) for name in inputs])

    goals = {"parity": lambda parity: (parity,) * n_outputs}
    return derive(Task("parity", inputs, {"parity": parity}, goals))


def run_apart(code):
    """Run code in a process of its own, where it may hang or crash without taking pytest along.

    It takes seconds; five minutes are an endless loop, however busy the machine.
    """
    tests = Path(__file__).parent
    path = os.pathsep.join((str(tests), str(tests.parent), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        timeout=300,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr or f"ended by signal {-done.returncode}"
