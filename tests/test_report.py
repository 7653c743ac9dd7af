"""The report of a run and of a study, as HTML that is read without a browser; `tests/browser` looks at it in one."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import evomod
from evomod.cli.parser import main
from evomod.errors import EvomodError
from evomod.report.folders import page_of, report_html
from evomod.report.networks import frames, small
from evomod.report.study_page import _against
from evomod.report.svg import ticks
from evomod.runs.replay import replayed
from evomod.runs.run import begin, run
from evomod.statistics import rank_sum

RESULTS = Path(__file__).parent.parent / "results" / "clune2013"
VOID = {"meta", "link", "input", "br"}
STUDY = """
name = "small"
seed = 7
replicates = 3
[base]
task = "circuit"
evolution = {population = 20, generations = 12}
schedule = {kind = "modular", goals = ["xor-and-xor", "xor-or-xor"], period = 4}
tracking = {population_every = 4}
[treatments.mvg]
label = "MVG <b>&amp; more</b>"
[treatments.fg]
label = "FG"
settings.schedule = {kind = "fixed", goals = ["xor-and-xor"]}
"""


class Checked(HTMLParser):
    """Every tag is closed where it belongs, every id is unique, nothing is loaded."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.anchors, self.words, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open
        assert len(set(self.ids)) == len(self.ids) and set(self.anchors) <= set(self.ids)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        self.tags.append(tag)
        self.ids += [about["id"]] if "id" in about else []
        assert "src" not in about and not any(name.startswith("on") for name in about)
        if "href" in about:
            assert about["href"].startswith(("#", "data:"))
            self.anchors += [about["href"][1:]] if about["href"].startswith("#") else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)


def data_of(text):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S).group(1)
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("report")
    evolution = {"population": 30, "generations": 25}
    config = evomod.Config(task="retina", evolution=evolution, pressures={"connection-cost": {}})
    run(config, 1, home / "run")
    schedule = {"kind": "modular", "goals": ["xor-and-xor", "xor-or-xor"], "period": 3}
    run(evomod.Config(task="circuit", evolution=evolution, schedule=schedule), 1, home / "switching")
    (home / "study.toml").write_text(STUDY)
    assert main(["study", str(home / "study.toml"), "--out", str(home / "study"), "--jobs", "1"]) == 0
    return home


@pytest.fixture(scope="module")
def pages(home):
    return {name: report_html(home / name) for name in ("run", "switching", "study")}


@pytest.mark.parametrize("name", ["run", "switching", "study"])
def test_pages_are_whole_and_load_nothing(pages, name):
    Checked(pages[name])
    left = pages[name].replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in left and "https:" not in left and "url(" not in left and "@import" not in left
    assert not re.search(r"\bnan\b", pages[name].partition('<script type="application/json"')[0], re.I)


def test_a_run_has_its_sections_and_numbers(home, pages):
    page, best = Checked(pages["run"]), evomod.load_run(home / "run").best
    for name in ("network", "curves", "measures", "plane", "motifs", "provenance", "again"):
        assert name in page.ids
    assert f"Q {best.about['q_score']:.3f}" in page.text and "random networks" in page.text
    assert f"evomod report {home / 'run'}" in page.text and "connection-cost" in page.text
    assert "switches" not in page.ids and "switches" in Checked(pages["switching"]).ids


def test_the_view_has_every_generation_with_its_connections(home, pages):
    data = data_of(pages["run"])
    best = evomod.load_run(home / "run").best.simplified()
    assert len(data["frames"]) == 26
    last = data["frames"][-1]
    assert last["e"] == [
        list(e)
        for e in zip(best.source.tolist(), best.target.tolist(), best.weight.tolist(), strict=True)
    ]
    assert last["b"] == best.bias.tolist()
    modules = np.array(last["m"])
    q = evomod.modularity(best, method="clune2013")
    assert (modules == q.modules).all() and f"Q {q.q:.3f}" in last["t"]


def test_a_study_compares_its_treatments(home, pages):
    found, page = evomod.load_study(home / "study"), Checked(pages["study"])
    mvg, fg = (found.column("q_score", name) for name in ("mvg", "fg"))
    delta = rank_sum(fg, mvg).cliffs_delta
    assert f"Cliff's delta {delta:.2f} [" in page.text
    assert f"Q is {np.median(fg):.3g} [range" in page.text
    assert pages["study"].count('class="multiple"') == 6 and len(data_of(pages["study"])["frames"]) == 6
    assert "MVG <b>&amp; more</b>" in page.text and "b" not in page.tags
    assert "not finished" not in page.text and "switches" in page.ids
    assert pages["study"].count('class="dot c0"') > 6


def test_an_unfinished_study_says_so_on_top(home, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(home / "study", folder)
    for path in [*folder.glob("*.gz"), folder / "summary.csv", folder / "curves.csv"]:
        path.unlink()
    shutil.rmtree(folder / "fg" / "002")
    before = set(folder.rglob("*"))
    page = Checked(report_html(folder))
    assert set(folder.rglob("*")) == before
    place = page.text.index("This study is not finished: of 3 replicates there are 2 of FG.")
    assert place < page.text.index("Final measures")
    assert f"evomod study {folder}" in page.text


def test_runs_that_ended_after_the_tables_are_in(home, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(home / "study", folder)
    summary = (folder / "summary.csv").read_text().splitlines(True)
    (folder / "summary.csv").write_text("".join(summary[:-1]))
    assert "3 of FG" in Checked(report_html(folder)).text
    assert len((folder / "summary.csv").read_text().splitlines()) == 6


def test_an_unfinished_run_says_so_on_top(home, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(home / "run", folder)
    (folder / "complete").unlink()
    assert "This run is not finished" in Checked(report_html(folder)).text


def test_a_run_that_does_not_come_out_again_shows_its_last_network(home, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(home / "run", folder)
    (folder / "task.py").write_text((folder / "task.py").read_text() + "\n# mine\n")
    text = report_html(folder)
    assert len(data_of(text)["frames"]) == 1 and "--trust" in Checked(text).text
    assert len(data_of(report_html(folder, trust=True))["frames"]) == 26


def test_folders_without_anything_are_refused(tmp_path, home):
    (tmp_path / "empty").mkdir()
    for folder, says in (
        (tmp_path / "none", "there is no folder"),
        (tmp_path / "empty", "neither a run nor a study"),
    ):
        with pytest.raises(EvomodError, match=says):
            page_of(folder)
    begin(evomod.Config(task="retina"), 1, tmp_path / "begun")
    with pytest.raises(EvomodError, match="nothing to report"):
        page_of(tmp_path / "begun")
    shutil.copytree(home / "study", tmp_path / "begun study")
    for path in [*(tmp_path / "begun study").glob("*.gz"), *(tmp_path / "begun study").glob("*.csv")]:
        path.unlink()
    for path in (tmp_path / "begun study").rglob("complete"):
        path.unlink()
    with pytest.raises(EvomodError, match="no run of .* is done.*'.*begun study'"):
        page_of(tmp_path / "begun study")


def test_the_command_writes_one_file_and_refuses_in_words(home, tmp_path, capsys):
    out = tmp_path / "page.html"
    assert main(["report", str(home / "run"), "--out", str(out)]) == 0
    assert out.read_text().startswith("<!doctype html>") and str(out) in capsys.readouterr().out
    assert main(["report", str(home / "run"), "--out", str(tmp_path)]) == 2
    assert main(["report", str(home / "run"), "--out", str(tmp_path / "no" / "page.html")]) == 2
    assert main(["report", str(tmp_path)]) == 2
    assert "neither a run nor a study" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_large_study_is_below_three_megabytes_a_hundred_replicates():
    text = report_html(RESULTS)
    n = text.count('class="multiple"')
    assert n > 100 and len(text.encode()) < 3e6 * n / 100
    Checked(text)


def test_outputs_without_a_connection_are_placed():
    found = evomod.load_task("circuit-three-outputs")
    generation = next(
        iter(evomod.evolve(evomod.Config(task=found.name, evolution={"population": 200}), 1))
    )
    setup = generation.setup
    networks = [setup.encoding.network(genome) for genome in generation.population.genomes]
    bare = [n for n in networks if not np.isin(n.outputs, n.simplified().target).all()]
    for network in [*bare[:5], networks[0]]:
        frame = frames([network], [""], "clune2013")["frames"][0]
        assert all(frame["x"][node] is not None for node in network.outputs.tolist())


def test_a_circuit_of_a_run_has_places_of_its_own_and_small_drawings_its_colours(home):
    run = evomod.load_run(home / "switching")
    networks = replayed(run)
    data = frames(networks, [""] * len(networks), "clune2013")["frames"]
    for network, frame in zip(networks, data, strict=True):
        alone = frames([network], [""], "clune2013")["frames"][0]
        assert [frame[key] for key in "xye"] == [alone[key] for key in "xye"]
        assert all(len(connection) == 4 for connection in frame["e"])
        drawn = small(frame, "")
        within = {m for k, m in enumerate(frame["m"]) if m >= 0 and frame["x"][k] is not None}
        assert all(f"node c{module % 8}" in drawn for module in within)


def test_ticks_lie_within_the_ends():
    rng = np.random.default_rng(2)
    for _ in range(200):
        low = float(rng.normal() * 10.0 ** rng.integers(-4, 5))
        high = low + float(rng.exponential() + 1e-6) * 10.0 ** float(rng.integers(-3, 5))
        found = ticks(low, high)
        assert 2 <= len(found) <= 7 or (high - low) / max(abs(low), 1e-9) < 1e-6
        assert all(low - 1e-6 * (high - low) <= value <= high + 1e-6 * (high - low) for value in found)


def test_one_run_is_not_tested_against_others():
    """Where only one replicate has a value, such as a z."""
    assert _against(np.array([1.0]), np.array([2.0, 3.0, 4.0])) == ["1", "–", "–"]
    assert _against(np.array([1.0, 2.0]), np.array([3.0, 4.0]))[1].startswith("-1.00 [-1.00, ")
