"""Texts: links lead somewhere, pages are short, and what they say of the program is so."""

import inspect
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import evomod
from evomod import measures
from evomod.cli.parser import main
from evomod.config import Config
from evomod.encodings.collection import ENCODINGS
from evomod.pressures.collection import PRESSURES
from evomod.studies.definition import StudySection

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TEXTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("scripts/*/*.md")])
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
LONG = {"results", "essay", "extending", "statistics"}
"""Pages of more than 80 lines: tables that scripts write, and two that are older than the rule."""

sys.path.insert(0, str(DOCS / "_extensions"))


def text_of(path):
    """A page, or the Markdown of a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


@pytest.mark.parametrize("path", [*TEXTS, *NOTEBOOKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(path):
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(path))
    links += re.findall(r"^```\{include\} (\S+)$", text_of(path), re.M)
    missing = [
        link
        for link in links
        if "://" not in link
        and not link.startswith("#")
        and not (path.parent / link.split("#")[0]).exists()
    ]
    assert not missing


def test_the_readme_leads_to_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DOCS.glob("*.md") if f"docs/{path.name}" not in readme] == []
    assert len(readme.splitlines()) <= 80


def test_pages_are_short():
    lines = {
        path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in DOCS.rglob("*.md")
    }
    assert {name for name, number in lines.items() if number > 80} == LONG


def test_every_paper_has_a_page():
    included = {
        (page.parent / found).resolve()
        for page in DOCS.rglob("*.md")
        for found in re.findall(r"^```\{include\} (\S+)$", page.read_text(encoding="utf-8"), re.M)
    }
    written = {
        *ROOT.glob("scripts/*/PAPER.md"),
        *ROOT.glob("scripts/*/REPORT.md"),
        *ROOT.glob("scripts/*/SUPPLEMENT.md"),
    }
    assert len(written) > 7 and written <= included


def test_readme_and_first_page_count_the_papers():
    """All of `scripts` but the two that are no paper's."""
    here = [path.parent.name for path in ROOT.glob("scripts/*/claims*.py")]
    words = {14: "fourteen", 15: "fifteen", 16: "sixteen"}
    expected = f"claims of {words[len({*here} - {'benefits', 'causes'})]} papers"
    for page in (ROOT / "README.md", DOCS / "index.md"):
        assert expected in page.read_text(encoding="utf-8")


def test_the_reference_has_every_public_name_once():
    named = []
    for page in DOCS.glob("reference/*.rst"):
        text = page.read_text(encoding="utf-8")
        if page.stem == "pictures":  # of what is no public name
            continue
        module = re.search(r"^\.\. currentmodule:: (\S+)$", text, re.M)[1]
        names = re.findall(r"^\.\. (?:auto|py:)\w+:: ([\w.]+)", text, re.M)
        named += [name if name.startswith("evomod.") else f"{module}.{name}" for name in names]
    here = [f"evomod.{name}" for name in evomod.__all__ if name != "__version__"]
    twice = {"evomod.measures.modularity", "evomod.measures.Partition"}  # they are evomod's too
    there = {f"evomod.measures.{name}" for name in measures.__all__} - twice
    assert sorted(named) == sorted({*here, *there})


def test_the_page_of_the_config_has_every_key_with_its_default():
    from config_keys import text

    page = text()
    assert "| `generations` | whole number ≥\u00a00 | `25000` |" in page
    assert "`evolution.population = 600`" in page  # what an encoding has in place of it
    for section in ("task", "schedule", "evolution", "tracking"):
        for key in Config.model_fields[section].annotation.model_fields:
            assert f"| `{key}` |" in page
    for kind in ENCODINGS.values():
        keys = {*kind.section.model_fields, *kind.variation.model_fields} - {"encoding"}
        assert all(f"| `{key}` |" in page for key in keys)
    for name, pressure in PRESSURES.items():
        assert f"### `[pressures.{name}]`" in page
        assert all(f"| `{key}` |" in page for key in pressure.section.model_fields)
    assert all(f"| `{key}` |" in page for key in StudySection.model_fields)
    assert "Undefined" not in page and "typing" not in page
    assert [line for line in page.splitlines() if line.endswith("|  |")] == []  # all have a meaning


def test_names_in_docstrings_are_looked_up():
    from names import defined, documented, is_foreign

    assert {"evomod.task.Task.related", "selection.ties", "evomod.runs"} <= defined()
    assert documented("Config") == documented("evomod.config.Config") == "evomod.Config"
    assert documented("motifs") == "evomod.measures.motifs" and documented("nonsense") is None
    assert is_foreign("np.random.Generator") and is_foreign("int") and not is_foreign("goals.epochs")


def test_links_of_the_repository_become_links_of_the_site():
    from repository_links import pictures_of, relinked

    def link(target):
        return relinked(f"[a]({target})", DOCS, "runs.md")

    assert link("../scripts/clune2013/PAPER.md") == "[a](/papers/clune2013.md)"
    assert link("../README.md") == "[a](/index.md)"
    assert link("measures.md#files") == "[a](/measures.md#files)"
    assert link("../notebooks/05_which_q.ipynb") == "{doc}`a </notebooks/05_which_q>`"
    assert link("../LICENSE") == "[a](../LICENSE)"
    for same in ("https://example.org", "#here", "missing.md"):
        assert link(same) == f"[a]({same})"
    assert relinked("[a](runs.md)", DOCS, "papers/x.md") == "[a](/runs.md)"
    assert "`evomod figure clune2013-fig2`: " in pictures_of(ROOT / "scripts" / "clune2013")


def rows_of(page, first):
    """Rows of the table whose first cell of the head is this."""
    lines = iter((DOCS / page).read_text(encoding="utf-8").splitlines())
    next(line for line in lines if line.startswith(f"| {first} |"))
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" |")]


def test_the_table_of_pressures_and_encodings_is_right():
    head = (DOCS / "pressures.md").read_text(encoding="utf-8")
    names = re.findall(r"`([\w-]+)`", re.search(r"^\| pressure \| `.*$", head, re.M)[0])
    found = {}
    for line in head[head.index(f"`{names[0]}`") :].splitlines()[2:]:
        if not line.startswith("| `"):
            break
        pressure, *marks = (cell.strip() for cell in line.strip("|").split("|"))
        found[pressure.strip("`")] = {name for name, mark in zip(names, marks, strict=True) if mark}
    needs = {name: p.needs(p.section.model_construct()) for name, p in PRESSURES.items()}
    assert names == sorted(ENCODINGS)
    assert found == {
        name: {kind for kind in ENCODINGS if need <= ENCODINGS[kind].supports}
        for name, need in needs.items()
    }


def test_random_networks_have_the_q_that_the_page_says():
    layers = np.repeat(np.arange(5), (8, 8, 4, 2, 1))
    places, rng = np.argwhere(layers[None] == layers[:, None] + 1), np.random.default_rng(2)
    rows = list(rows_of("modularity.md", "connections"))
    assert len(rows) == 5
    for connections, refined, clune in rows:
        graphs = np.zeros((100, layers.size, layers.size))
        for graph in graphs:
            graph[tuple(rng.choice(places, int(connections), replace=False).T)] = 1
        said = float(refined.split()[0])
        assert abs(measures.q_of_many(graphs, "refined")[0].mean() - said) < 0.025
        assert abs(measures.q_of_many(graphs, "clune2013")[0].mean() - float(clune)) < 0.025


def test_the_first_run_has_the_numbers_of_its_page():
    page = " ".join((DOCS / "first_run.md").read_text(encoding="utf-8").split())
    size = {"generations": 3000}
    *_, alone = evomod.evolve({"task": "retina", "evolution": size}, seed=1)
    *_, costly = evomod.evolve(
        {"task": "retina", "evolution": size, "pressures": {"connection-cost": {}}}, seed=1
    )
    told = [
        (last.fitness.max(), evomod.modularity(last.best.simplified(), "clune2013").q)
        for last in (alone, costly)
    ]
    assert "fitness is {:.3f} and Q {:.3f} after 3000".format(*told[0]) in page
    assert "with the cost fitness is {:.0f} and Q {:.3f}.".format(*told[1]) in page


def test_the_tutorial_can_be_followed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    toml = re.search(r"```toml\n(.*?)```", page, re.S)[1]
    Path("compare.toml").write_text(toml.replace("replicates = 10", "replicates = 2"))
    commands = re.findall(r"^\$ evomod ([^#\n]+)", page, re.M)
    few = ["--set", "evolution.generations=4", "--set", "evolution.population=30"]
    for command in commands:
        arguments = command.split()
        small = few if arguments[0] in ("evolve", "study") else []
        small = small + (["--draws", "4"] if arguments[0] == "measure" else [])
        assert main([*arguments, *small]) == 0, capsys.readouterr().err
    assert [command.split()[0] for command in commands] == [
        *("doctor", "evolve", "plot", "report", "measure"),
        *("new-task", "evolve", "study", "compare", "report"),
    ]
    assert Path("studies/compare/report.html").exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stored_without_outputs_and_lie_on_their_page(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    assert text_of(path).startswith("# ")
    assert sum("plt.subplots" in "".join(cell["source"]) for cell in cells) >= 2  # pictures
    assert f"../notebooks/{path.name}" in (DOCS / "notebooks.md").read_text(encoding="utf-8")


FUNCTIONS = [
    pytest.param(getattr(room, name), id=name)
    for room in (evomod, measures)
    for name in room.__all__
    if inspect.isfunction(getattr(room, name))
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_public_functions_say_what_they_take_give_and_raise(function):
    """In the form of numpydoc: every parameter by name, then what is returned, then errors."""
    parts = re.split(r"\n([A-Z][a-z]+)\n-+\n", inspect.getdoc(function))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    named = re.findall(r"^(\w[\w, ]*?)(?: : .*)?$", sections["Parameters"], re.MULTILINE)
    assert ", ".join(named).split(", ") == list(inspect.signature(function).parameters)
    assert {"Returns", "Yields"} & set(sections)
    raises = "EvomodError(" in inspect.getsource(function) or function.__module__.startswith(
        "evomod.measures"
    )
    assert not raises or "EvomodError" in sections["Raises"]
