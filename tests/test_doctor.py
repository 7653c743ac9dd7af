"""The doctor says what is missing, and fails only for what evomod requires."""

import subprocess
import sys

import pytest

from evomod.cli import doctor
from evomod.cli.parser import main
from evomod.encodings.collection import ENCODINGS
from evomod.files.provenance import installed_version


def test_a_sound_machine(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for part in (installed_version(), "numba", "cores", "kernels", "extra gradient", "tasks", "ffmpeg"):
        assert part in out


@pytest.mark.parametrize(
    ("versions", "code", "says"),
    [
        ({"tqdm": None}, 1, "! tqdm is not installed; pip install --upgrade evomod"),
        ({"numpy": "1.26.4"}, 1, "! numpy is 1.26.4, expected 2.0 or later"),
        (
            {"torch": None},
            0,
            '- torch is not installed; for evomod train: pip install "evomod[gradient]"',
        ),
    ],
)
def test_what_is_missing_is_named_with_what_it_is_for(monkeypatch, capsys, versions, code, says):
    real = doctor._version_of
    fake = dict.fromkeys(("tqdm", "numpy", "scikit-learn", "torch"), "9999.0") | versions
    monkeypatch.setattr(doctor, "_version_of", lambda name: fake[name] if name in fake else real(name))
    assert main(["doctor"]) == code
    assert says in capsys.readouterr().out


EVERY = """
import sys
from pathlib import Path
import evomod
from evomod.encodings.collection import ENCODINGS
for name, kind in ENCODINGS.items():
    task = {"circuit": "circuit", "gate-layers": "circuit", "gene-network": "attractor"}.get(name, "retina")
    sections = {"selection": {"method": "elite-worst"}, "evolution": {"population": 8, "generations": 1}}
    evomod.run({"task": task, "network": {"encoding": name}} | sections, 1, Path(sys.argv[1], name))
    print(name, *(kernel.__name__ for kernel in kind.kernels if not kernel.signatures))
"""


def test_every_run_compiles_the_kernels_by_which_it_is_told_that_all_are(tmp_path):
    """Where one of them were not called, every run would announce that it compiles."""
    done = subprocess.run(
        [sys.executable, "-c", EVERY, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == list(ENCODINGS)


def test_kernels_that_are_not_compiled_are_told(monkeypatch, capsys):
    monkeypatch.setattr("evomod.runs.warmup.is_compiled", lambda kernel: False)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    assert main(["doctor"]) == 0 and "evomod warmup" in capsys.readouterr().out
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert main(["doctor"]) == 0 and "NUMBA_DISABLE_JIT is set" in capsys.readouterr().out


def test_results_may_be_missing(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(doctor, "RESULTS", (tmp_path / "none",))
    assert main(["doctor"]) == 0 and "clone of the repository" in capsys.readouterr().out
