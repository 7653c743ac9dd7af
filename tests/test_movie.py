"""Movies: as many frames as networks, in every format that can be written here; refusals before anything is drawn."""

import itertools
import shutil

import numpy as np
import pytest
from PIL import Image

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.plots import movie
from evomod.runs.replay import replayed, steady_modules
from evomod.runs.run import run

EVOLUTION = {"population": 20, "generations": 4}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("movie")
    schedule = {"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"], "period": 2}
    return {
        "layered": run(evomod.Config(task="retina", evolution=EVOLUTION), 1, home / "layered"),
        "circuit": run(
            evomod.Config(task="circuit", evolution=EVOLUTION, schedule=schedule), 1, home / "circuit"
        ),
    }


@pytest.mark.parametrize("kind", ["layered", "circuit"])
@pytest.mark.parametrize("ending", ["webp", "gif"])
def test_a_frame_a_generation(made, tmp_path, kind, ending):
    path = movie.write_movie(made[kind], tmp_path / f"m.{ending}")
    with Image.open(path) as film:
        assert film.size == (640, 640) and film.n_frames == 5 and film.info["loop"] == 0
        pictures = []
        for k in range(film.n_frames):
            film.seek(k)
            pictures.append(np.asarray(film.convert("RGB")))
        assert any((a != b).any() for a, b in itertools.pairwise(pictures))
        assert film.info["duration"] >= 1000
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


class FakeProgram:
    """In place of ffmpeg, where it is not installed: a script that keeps what it is given."""

    def __init__(self, folder, code=0):
        folder.mkdir()
        text = f'#!/bin/sh\nfor last; do :; done\ncat > "$last"\necho broken >&2\nexit {code}\n'
        (folder / "ffmpeg").write_text(text)
        (folder / "ffmpeg").chmod(0o755)


def test_ffmpeg_is_given_every_frame(made, tmp_path, monkeypatch):
    FakeProgram(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    path = movie.write_movie(made["layered"], tmp_path / "m.mp4")
    raw = np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, 640, 640, 4)
    assert raw.shape[0] == 4 + movie.HELD
    expected = list(movie.frames(made["layered"], replayed(made["layered"])))
    assert (raw[:5] == np.array(expected)).all() and (raw[-1] == expected[-1]).all()


def test_what_ffmpeg_cannot_write_leaves_nothing(made, tmp_path, monkeypatch):
    FakeProgram(tmp_path / "bin", code=1)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(EvomodError, match=r"ffmpeg could not write .*m\.mp4: broken"):
        movie.write_movie(made["layered"], tmp_path / "m.mp4")
    assert [one.name for one in tmp_path.iterdir()] == ["bin"]


def test_refusals(made, tmp_path, monkeypatch, capsys):
    folder = str(made["layered"].folder)
    before = sorted(made["layered"].folder.iterdir())
    monkeypatch.setenv("PATH", str(tmp_path))
    for out, says in (
        ("m.avi", "ending"),
        ("m", "ending"),
        ("none/m.gif", "a folder that is there"),
        ("m.mp4", "ffmpeg, which is not installed"),
    ):
        assert main(["movie", folder, "--out", str(tmp_path / out)]) == 2
        assert says in capsys.readouterr().err
    assert main(["movie", str(tmp_path)]) == 2 and "no run folder" in capsys.readouterr().err
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "task.py").write_text(
        (tmp_path / "copy" / "task.py").read_text() + "\n# mine\n"
    )
    assert main(["movie", str(tmp_path / "copy")]) == 2 and "--trust" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.webp")) and sorted(made["layered"].folder.iterdir()) == before
    assert main(["movie", str(tmp_path / "copy"), "--trust"]) == 0
    assert (tmp_path / "copy" / "movie.webp").exists()


def test_modules_keep_their_numbers(made):
    networks = replayed(made["layered"])
    found = steady_modules(networks, "clune2013")
    for network, own in zip(networks, found, strict=True):
        plain = evomod.modularity(network.simplified(), method="clune2013").modules
        pairs = set(zip(own.tolist(), plain.tolist(), strict=True))
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})  # the same parts
        assert ((own < 0) == (plain < 0)).all()
    same = steady_modules([networks[-1]] * 2, "clune2013")
    assert (same[0] == same[1]).all()
