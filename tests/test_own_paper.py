"""A paper in a folder of one's own: the one of docs/studies.md, and what is wrong with its files in a sentence."""

import re
from pathlib import Path

import pytest

from evomod.cli.parser import main
from evomod.papers.scripts import definition_of

PAGE = (Path(__file__).parent.parent / "docs" / "studies.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE, re.S))
SMALL = {"replicates = 30": "replicates = 5", "population = 200, generations = 500": "population = 8, generations = 2"}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The paper of the page, its study run at small size."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "wires").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write()
        assert main(["study", "wires/study.toml", "--jobs", "1"]) == 0
    return folder


@pytest.fixture(autouse=True)
def paper(home, monkeypatch):
    monkeypatch.chdir(home)
    write()


def write(**changes):
    """The files of the page; of each changed one ``(before, after)``."""
    definition_of.cache_clear()
    for name, text in FILES.items():
        for before, after in [*SMALL.items(), *changes.get(Path(name).stem, {}).items()]:
            text = text.replace(before, after)
        Path("wires", name).write_text(text)


def test_the_paper_of_the_page_is_drawn_and_verified(capsys):
    assert sorted(FILES) == ["claims.py", "fig1.py", "study.toml"]
    assert main(["figure", "wires/fig1.py"]) == 0
    assert Path("wires-fig1.png").read_bytes()[:4] == b"\x89PNG"
    assert main(["figure", "wires/fig1.py", "--study", "studies/wires", "--out", "other.svg"]) == 0
    assert main(["verify", "wires"]) == 0
    said = capsys.readouterr()
    assert "wires: cost raises Q\n" in said.out and "delta" in said.out and "1 claim: 1 " in said.err


def test_in_its_own_folder_it_has_the_same_name(monkeypatch, capsys):
    monkeypatch.chdir("wires")
    assert main(["verify", "."]) == 0
    assert "NOT RUN                wires: cost raises Q" in capsys.readouterr().out
    assert main(["figure", "fig1.py"]) == 2
    assert "no study for wires-fig1 has been run; looked in studies/wires." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "changes", "says"),
    [
        (["figure", "wires/fig2.py"], {}, "there is no script wires/fig2.py"),
        (["figure", "wires/claims.py"], {}, "wires/claims.py draws no figure of a study: it has no FULL"),
        (["figure", "wires/fig1.py"], {"fig1": {"def draw(": "def draw"}}, "wires/fig1.py, line 7: "),
        (["figure", "wires/fig1.py"], {"fig1": {"def draw": "def drw"}}, "fig1.py defines no draw"),
        (["figure", "wires/fig1.py", "--quick"], {}, "fig1.py defines no QUICK"),
        (["figure", "wires/fig1.py"], {"fig1": {"    figure = ": "    1 / 0\n    figure = "}}, "draw fails, line 8: Zero"),
        (["figure", "wires/fig1.py"], {"fig1": {"return figure": "figure"}}, "draw returned NoneType; expected a matplotlib"),
        (["verify", "wires/claims.py"], {}, "wires/claims.py is a file; give the paper's folder, wires"),
        (["verify", "studies"], {}, "studies holds no claims; expected a paper's folder with a file claims.py"),
        (["verify", "wires"], {"claims": {"CLAIMS =": "1 / 0\nCLAIMS ="}}, "wires/claims.py fails, line 5: ZeroDiv"),
        (["verify", "wires"], {"claims": {"CLAIMS": "CLAIM"}}, "claims.py defines no CLAIMS"),
        (["verify", "wires"], {"claims": {", smallest=DELTA": ""}}, "wires/claims.py: the claim 'cost raises Q' declares no"),
        (["verify", "wires"], {"study": {'name = "wires"': ""}}, "wires/study.toml is not a study: it has no name"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_its_files_is_a_sentence(arguments, changes, says, capsys):
    write(**changes)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"claims": {"q_score": "q_scor"}}, "summary.csv has no column 'q_scor'"),
        (
            {"claims": {'a="cost"': 'a="price"'}},
            "which is no treatment of study.toml; known: alone, cost",
        ),
        ({"study": {"replicates = 5": "replicates = 6"}}, "5 of 6 runs of cost"),
    ],
)
def test_a_claim_without_a_verdict_says_what_it_lacks(changes, says, capsys):
    write(**changes)
    assert main(["verify", "wires"]) == 0
    said = capsys.readouterr()
    assert says in said.out and re.search("1 claim: 1 not (run|complete)", said.err)
