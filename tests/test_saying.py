"""How much a command says: --quiet, --verbose, and no colours."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, field_serializer
from pydantic_core import PydanticSerializationError

from evomod.cli import saying
from evomod.cli.parser import main, parser

SMALL = ["--seed", "1", "--set", "evolution.generations=5", "--set", "evolution.population=20"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_command_has_both_options():
    commands = parser()._subparsers._group_actions[0].choices
    assert set(saying.WRITES) < set(commands)
    for command in commands.values():
        assert {"--quiet", "--verbose"} <= set(command._option_string_actions)


def test_quiet_says_nothing_but_what_goes_wrong(capsys):
    assert main(["evolve", "retina", *SMALL, "--out", "x", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["evolve", "retina", *SMALL, "--out", "x", "--quiet"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("evomod: x already holds a run")
    assert main(["evolve", "--resume", "x", "--show-config", "--quiet"]) == 0
    assert "[evolution]" in capsys.readouterr().out  # asked for


def test_quiet_prints_results_that_are_no_files_and_notices(capsys):
    Path("a.csv").write_text("a,b\nb,c\nc,a\n")
    assert main(["measure", "a.csv", "--draws", "3", "--quiet"]) == 0
    said = capsys.readouterr()
    assert "3 nodes" in said.out and all(line.startswith("evomod: ") for line in said.err.splitlines())


def test_notices_are_told_from_progress(capsys):
    stream = saying.Notices(sys.stderr)
    for text in (
        "\r 10%|# | 1/9\n",
        "evomod: a notice",
        " in parts\n",
        "reading\nevomod: another\nmore",
    ):
        assert stream.write(text) == len(text)
    stream.flush()
    assert (
        not stream.isatty() and capsys.readouterr().err == "evomod: a notice in parts\nevomod: another\n"
    )


def test_verbose_tells_time_and_memory_and_progress_in_lines(capsys, monkeypatch):
    monkeypatch.setattr(saying, "EVERY", 0.0)
    assert main(["evolve", "retina", *SMALL, "--out", "x", "--verbose"]) == 0
    *lines, last = capsys.readouterr().err.strip().splitlines()
    assert any("/5 [" in line and "fitness" in line for line in lines)
    assert re.fullmatch(
        r"evomod: [0-9.]+ s, of this process [0-9.]+ s of processor time and at most [0-9,]+ MB.*\.",
        last,
    )


def test_progress_in_lines_comes_now_and_then(capsys, monkeypatch):
    stream, now = saying.Lines(sys.stderr), [0.0]
    monkeypatch.setattr(saying.time, "monotonic", lambda: now[0])
    stream.last = 0.0
    for seconds, text in (
        (1, "\r1/9"),
        (11, "\r2/9"),
        (12, "\r3/9"),
        (30, "\r    "),
        (31, "\r4/9"),
        (31, "a word"),
    ):
        now[0] = seconds
        stream.write(text)
    assert stream.isatty() and capsys.readouterr().err == "2/9\n4/9\na word"


def test_a_terminal_gets_no_colours():
    """Python's own argparse colours its help from 3.14 on, and knows NO_COLOR."""
    above, below = pty.openpty()
    for arguments in (["--help"], ["evolve", "retina", *SMALL, "--out", "x"], ["evolve", "nothing"]):
        subprocess.run(
            [sys.executable, "-m", "evomod", *arguments], stdout=below, stderr=below, check=False,
            env=os.environ | {"NO_COLOR": "1", "TERM": "xterm-256color"},
        )  # fmt: skip
    os.close(below)
    said = b""
    while True:
        try:
            said += os.read(above, 65536)
        except OSError:  # all is read
            break
    assert b"usage: evomod" in said and b"fitness of the best" in said and b"evomod: " in said
    assert not re.search(rb"\x1b\[[0-9;]*m", said)


def test_ctrl_c_that_pydantic_made_an_error_of_is_ctrl_c(capsys, monkeypatch):
    """A config is serialized by a function of ours, which a signal may end."""

    monkeypatch.setattr("evomod.config.dump_config", lambda config: Signalled(x=1).model_dump())
    monkeypatch.setattr(Signalled, "stop", True)
    assert main(["evolve", "retina", "--show-config"]) == 130
    assert capsys.readouterr().err.strip() == "evomod: stopped."
    monkeypatch.setattr(Signalled, "stop", False)
    with pytest.raises(PydanticSerializationError, match="mine"):
        main(["evolve", "retina", "--show-config"])


class Signalled(BaseModel):
    """A section whose serializer fails."""

    stop: ClassVar[bool] = True
    x: int

    @field_serializer("x")
    def _fails(self, value):
        raise KeyboardInterrupt if self.stop else ValueError("mine")
