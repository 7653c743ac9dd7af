"""docs/extending.md runs as it stands; a built-in pressure is one file."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import evomod
from evomod.cli.parser import main, names_of_pressures
from evomod.pressures.collection import PRESSURES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "extending.md").read_text()
BLOCKS = re.findall(r"```(\w+)(?: file=(\S+))?\n(.*?)```", PAGE, re.S)


def test_every_block_of_the_page_runs_in_its_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names, ran = {}, []
    for kind, file, text in BLOCKS:
        if file:
            Path(file).write_text(text)
        if kind == "python" and not file:
            exec(compile(text, "extending.md", "exec"), names)
        if kind == "sh":
            small = ["--set", "evolution.population=30", "--set", "evolution.generations=3"]
            assert main([*text.split()[1:], *small]) == 0
        ran.append((kind, file))
    assert [f for _, f in ran if f] == [
        "fan_in.py",
        "mine.toml",
        "rare.py",
        "tournament.py",
        "perceptron.py",
    ]
    assert {kind for kind, _ in ran} == {"python", "sh", "toml", "ini"}
    assert main(["evolve", "mine.toml", "--show-config"]) == 0
    said = capsys.readouterr().out
    assert "(50, 3)" in said and "'stopped'" not in said
    assert names["run"].folder.name == "stock"


OURS = {"order", "fit", "judge", "change", "acts"}
"""Arguments of `Pressure` that those of evomod alone may have."""


def test_the_page_names_every_argument_and_everything_that_a_view_shows():
    for name in evomod.Pressure.__dataclass_fields__.keys() - OURS:
        assert f"| `{name}` |" in PAGE
    named = set(re.findall(r"`(\w+)", PAGE))
    assert set(evomod.EncodingKind.__dataclass_fields__) - {"section", "variation"} <= named
    assert set(evomod.Selection.__dataclass_fields__) <= named
    methods = {
        name for name, value in vars(evomod.Encoding).items() if name[0] != "_" and callable(value)
    }
    assert methods - {"answer", "simplify", "is_valid", "n_effective", "most_connections"} <= named
    shown = {name for name, value in vars(evomod.View).items() if isinstance(value, property)}
    assert shown <= set(re.findall(r"`view\.(\w+)`", PAGE))
    assert "docs/extending.md" in (ROOT / "README.md").read_text()


def test_the_help_names_every_pressure(capsys):
    assert sorted(names_of_pressures()) == sorted(PRESSURES)
    with pytest.raises(SystemExit):
        main(["evolve", "--help"])
    said = re.sub(r"\s+", "", capsys.readouterr().out)  # lines break within names
    assert all(name in said for name in PRESSURES)


def test_a_built_in_pressure_or_encoding_is_one_file(tmp_path):
    """In a copy of the package: dropped in, it is asked for, combined, refused, logged and resumed as any other."""
    skip = shutil.ignore_patterns("__pycache__")
    for name in ("evomod", "tasks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skip)
    example = next(text for _, file, text in BLOCKS if file == "fan_in.py")
    (tmp_path / "evomod" / "pressures" / "fan_in.py").write_text(
        example.replace("from evomod import", "from evomod.pressures.base import")
    )
    encoding = next(text for _, file, text in BLOCKS if file == "perceptron.py")
    home = "from evomod.encodings.base import Encoding, EncodingKind\nfrom evomod.network import Network"
    (tmp_path / "evomod" / "encodings" / "perceptron.py").write_text(
        encoding.replace("from evomod import Encoding, EncodingKind, Network", home)
    )
    code = (
        "import evomod\nfrom evomod.cli.parser import main\nfrom evomod.runs.run import resume\n"
        "assert main(['evolve', 'retina', '--pressure', 'fan-in:probability=0.5', '--show-config']) == 0\n"
        "config = evomod.Config(task='retina', pressures={'fan-in': {}, 'connection-cost': {}},\n"
        "    evolution={'population': 4, 'generations': 2})\n"
        "run = evomod.run(config, 1, 'x')\n"
        "assert not (run.folder / 'fan_in.py').exists() and 'files' not in run.manifest\n"
        "assert resume(run.folder, ['evolution.generations=3']).log['generation'][-1] == 3\n"
        "config = evomod.Config(task='retina', network={'encoding': 'perceptron', 'density': 0.9},\n"
        "    pressures={'fan-in': {}}, evolution={'population': 4, 'generations': 2})\n"
        "run = evomod.run(config, 1, 'y')\n"
        "assert 'files' not in run.manifest and run.manifest['kernel'] == 'perceptron'\n"
        "main(['evolve', '--help'])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1", "COLUMNS": "500"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "[pressures.fan-in]\nprobability = 0.5\n" in done.stdout and ", fan-in, " in done.stdout
