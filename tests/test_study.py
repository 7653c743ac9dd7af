"""Studies: one definition, seeds that stand alone, and a folder that no other study may use."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

import evomod
from evomod.config import Config, dump_config, load_config
from evomod.errors import EvomodError
from evomod.studies.definition import difference, dump_study, load_definition, replicates_of, seed_of
from evomod.studies.folder import begin_run, begin_session, opened, state_of, status_of
from evomod.studies.tables import load_study

ROOT = Path(__file__).parent.parent
TWO = """
name = "two"
seed = 7
replicates = 2
settings.tracking.population_every = 5

[base]
task = "retina"
evolution = {population = 10, generations = 6}

[treatments.pa]
[treatments.pcc]
label = "P&CC"
settings.pressures.connection-cost = {}
"""


def written(folder, text, name="study.toml"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_task_file_is_named_from_the_tomls_folder_or_from_where_one_is(tmp_path, monkeypatch):
    text = (ROOT / "tasks" / "retina.py").read_text().replace('name="retina"', 'name="eye"')
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "eye.py").write_text(text)
    (tmp_path / "here.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    for name, expected in (("eye.py", "paper/eye.py"), ("here.py", "here.py")):
        written(tmp_path / "paper", f'task = "{name}"\n', "alone.toml")
        study = TWO[: TWO.index("[base]")].replace("settings", 'base = "alone.toml"\nsettings')
        written(tmp_path / "paper", study + "[treatments.a]\n")
        assert load_definition("paper/study.toml").treatments[0].config.task.name == expected
    run = evomod.run({"task": "here.py", "evolution": {"population": 4, "generations": 1}}, 1, "runs/x")
    (run.folder / "here.py").write_text("raise SystemExit")  # beside a config that evomod wrote
    assert evomod.load_run(run.folder).config.task.name == "here.py"
    assert load_config(run.folder / "config.toml").task.name == "here.py"


@pytest.fixture
def two(tmp_path):
    return load_definition(written(tmp_path, TWO, "two.toml"))


def test_a_definition_resolves_to_configs(two):
    pa, pcc = two.treatments
    assert (pa.name, pa.label, pcc.label) == ("pa", "pa", "P&CC")
    assert pa.config.task.goal == "left-and-right"  # filled in
    assert pa.config.evolution.population == 10 and pcc.config.tracking.population_every == 5
    assert (
        pa.config.pressures.connection_cost is None and pcc.config.pressures.connection_cost is not None
    )


def test_a_seed_depends_on_nothing_but_root_treatment_and_replicate(two):
    assert seed_of(2013, "pa", 1) == 1341391129  # of a run folder that exists
    places = [replicate.place for replicate in replicates_of(two)]
    assert places == ["pa/000", "pcc/000", "pcc/001", "pa/001"]  # dear ones for every worker
    assert all(r.seed == seed_of(7, r.treatment.name, r.number) for r in replicates_of(two))
    assert len({replicate.seed for replicate in replicates_of(two)}) == 4


def test_the_command_line_changes_every_treatment(tmp_path):
    path = written(tmp_path, TWO)
    study = load_definition(path, ["evolution.generations=3"], 5)
    assert study.replicates == 5
    assert [t.config.evolution.generations for t in study.treatments] == [3, 3]
    assert difference(study, load_definition(path)).startswith(
        "treatment 'pa' has evolution.generations"
    )


def test_a_dumped_study_is_the_same_study(two, tmp_path):
    again = load_definition(written(tmp_path, dump_study(two)))
    assert again.treatments[1].config == two.treatments[1].config
    assert difference(two, again) is None and again.replicates == 2


@pytest.mark.parametrize("paper", ["clune2013", "kashtan2005"])
def test_the_studies_of_papers_are_valid(paper):
    study = load_definition(f"scripts/{paper}/study.toml")
    assert study.name == paper and study.replicates == 50
    text = (ROOT / "scripts" / paper / "study.toml").read_text()
    assert all(f"[treatments.{treatment.name}]" in text for treatment in study.treatments)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed = 7", "seeds = 7", "seeds: unknown key; did you mean 'seed'?"),
        ("seed = 7", "", "seed: is missing"),
        ("replicates = 2", "replicates = 0", "replicates: "),
        ("treatments.pa]", 'treatments."p/a"]', "wanted a name of letters"),
        ("treatments.pa]", "treatments.PCC]", "differ in capitals only"),
        ("settings.pressures.connection-cost = {}", "", "are the same config"),
        ('label = "P&CC"', 'config = "a.toml"', "the study has a base, so config must not be given"),
        ('label = "P&CC"', 'label = "pa"', "pa and pcc have one label, 'pa'"),
        ('label = "P&CC"', "pressures = {}", "a setting stands in `settings`"),
        ("connection-cost = {}", "connection-coast = {}", "treatments.pcc: pressures.connection-coast"),
        ("population = 10", "population = 0", "treatments.pa: evolution.population"),
        ('[base]\ntask = "retina"\nevolution', "[settings]\nevolution", "wanted a config, a base"),
    ],
)
def test_mistakes_are_told_by_their_path(tmp_path, old, new, said):
    assert old in TWO
    text = TWO.replace("settings.tracking.population_every = 5\n", "") if "[settings]" in new else TWO
    with pytest.raises(EvomodError, match="is not valid") as caught:
        load_definition(written(tmp_path, text.replace(old, new)))
    assert said in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path):
    text = TWO.replace("seed = 7", "seed = -1").replace('label = "P&CC"', "label = 3")
    with pytest.raises(EvomodError) as caught:
        load_definition(written(tmp_path, text))
    assert {"seed", "treatments.pcc.label"} <= {
        line.strip().split(": ")[0] for line in str(caught.value).splitlines()
    }


def test_configs_are_found_from_the_study_file(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    written(tmp_path, dump_config(Config(task="retina")), "pa.toml")
    text = 'name="x"\nseed=1\nreplicates=1\n[treatments.a]\nconfig="../pa.toml"\n'
    path = written(tmp_path / "inner", text)
    monkeypatch.chdir(os.sep)
    assert load_definition(path).treatments[0].config == evomod.prepare(Config(task="retina")).config


def test_runs_that_are_there_are_adopted(two, tmp_path):
    folder, replicate = tmp_path / "x", replicates_of(two)[0]
    evomod.run(replicate.treatment.config, replicate.seed, folder / replicate.place)
    with opened(two, folder, shared=False):
        assert [state_of(folder / r.place) for r in replicates_of(two)] == [
            "done",
            "left",
            "left",
            "left",
        ]
    status = status_of(two, folder)
    assert status.states == {"pa": {"done": 1, "left": 1}, "pcc": {"left": 2}}
    assert status.seconds_left is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 1}, "its seed is 1, not"),
        (
            {"config": {"evolution": {"population": 12, "generations": 6}}},
            "evolution.population = 12, not 10",
        ),
        ({"task": "left & right"}, "its task.py is another"),
        ({"version": "0.0.9"}, "was made by evomod 0.0.9 .* can give another run"),
    ],
)
def test_foreign_runs_are_refused_by_name(two, tmp_path, change, said):
    folder, replicate = tmp_path / "x", replicates_of(two)[0]
    config = replicate.treatment.config
    if "config" in change:
        config = Config(**{**config.model_dump(by_alias=True), **change["config"]})
    place = evomod.run(config, change.get("seed", replicate.seed), folder / replicate.place).folder
    if "task" in change:
        text = (place / "task.py").read_text()
        assert change["task"] in text
        (place / "task.py").write_text(text.replace(change["task"], "left ^ right"))
    if "version" in change:
        manifest = json.loads((place / "manifest.json").read_text())
        manifest["versions"]["evomod"] = change["version"]
        (place / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(EvomodError, match=f"pa/000.*{said}"), opened(two, folder, shared=False):
        pass
    assert not (folder / "study.toml").exists()


def test_a_task_that_reads_differently_but_says_the_same_is_the_same(two, tmp_path):
    folder, replicate = tmp_path / "x", replicates_of(two)[0]
    place = begin_run(replicate, folder)
    (place / "task.py").write_text((place / "task.py").read_text() + "# a remark\n")
    with opened(two, folder, shared=False):
        assert state_of(place) == "begun"


def test_a_folder_of_another_study_is_refused(two, tmp_path):
    folder = tmp_path / "x"
    with opened(two, folder, shared=False):
        pass
    other = load_definition(written(tmp_path, TWO.replace("seed = 7", "seed = 8")))
    with pytest.raises(EvomodError, match="another study: its seed is 7, not 8"):
        opened(other, folder, shared=False).__enter__()
    more = load_definition(written(tmp_path, TWO), replicates=3)
    with opened(more, folder, shared=False):
        assert "replicates = 3" in (folder / "study.toml").read_text()


def test_a_folder_of_another_version_is_refused(two, tmp_path):
    with opened(two, tmp_path / "x", shared=False):
        pass
    path = tmp_path / "x" / "manifest.json"
    path.write_text(
        path.read_text().replace(
            f'"evomod": "{evomod.files.provenance.versions()["evomod"]}"', '"evomod": "9"'
        )
    )
    with pytest.raises(EvomodError, match="made by evomod 9 .*Go on with evomod 9"):
        opened(two, tmp_path / "x", shared=False).__enter__()


def test_a_folder_with_something_else_is_left_alone(two, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("years of work")
    with pytest.raises(EvomodError, match="holds 'thesis.tex'"):
        opened(two, tmp_path / "full", shared=False).__enter__()
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.tex"]


def test_one_study_at_a_time_but_shards_together(two, tmp_path):
    with opened(two, tmp_path / "x", shared=True):
        with opened(two, tmp_path / "x", shared=True):
            pass
        with pytest.raises(EvomodError, match="another process is working on"):
            opened(two, tmp_path / "x", shared=False).__enter__()


def test_shards_that_begin_together_agree_on_the_folder(two, tmp_path):
    def open_it(k):
        with opened(two, tmp_path / str(k), shared=True):
            return (tmp_path / str(k) / "manifest.json").read_text()

    for k in range(5):
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(open_it, [k] * 4))
        assert len(set(found)) == 1


@pytest.mark.parametrize(
    "left", [["manifest.json"], ["manifest.json.part"], ["manifest.json", "study.toml.part"]]
)
def test_a_study_folder_whose_making_was_cut_short_is_made(two, tmp_path, left):
    with opened(two, tmp_path / "x", shared=False):
        whole = (tmp_path / "x" / "study.toml").read_text()
    (tmp_path / "x" / "study.toml").rename(tmp_path / "x" / "study.toml.part")
    if "manifest.json" not in left:
        (tmp_path / "x" / "manifest.json").rename(tmp_path / "x" / "manifest.json.part")
    if "study.toml.part" not in left:
        (tmp_path / "x" / "study.toml.part").unlink()
    with opened(two, tmp_path / "x", shared=False):
        assert (tmp_path / "x" / "study.toml").read_text() == whole
    load_study(tmp_path / "x")


def test_other_truth_tables_are_refused_even_if_no_run_is_left(two, tmp_path):
    with opened(two, tmp_path / "x", shared=False):
        pass
    path = tmp_path / "x" / "manifest.json"
    manifest = json.loads(path.read_text())
    name = next(iter(manifest["tasks"]))
    path.write_text(json.dumps(manifest | {"tasks": {name: "0" * 16}}))
    with pytest.raises(EvomodError, match=f"the task of treatment '{name}' had other truth tables"):
        opened(two, tmp_path / "x", shared=False).__enter__()


def test_a_run_folder_whose_making_was_cut_short_is_made_again(two, tmp_path):
    folder, replicate = tmp_path / "x", replicates_of(two)[0]
    place = begin_run(replicate, folder)
    for name in ("manifest.json", "task.py"):
        (place / name).unlink()
    (place / "task.py.part").write_text("half a")
    with opened(two, folder, shared=False):
        begin_run(replicate, folder)
    assert {path.name for path in place.iterdir()} == {
        "config.toml",
        "task.py",
        "manifest.json",
        "log.csv",
    }
    (place / "manifest.json").unlink()
    (place / "notes.txt").write_text("mine")
    with pytest.raises(EvomodError, match="is no run folder and not empty"):
        opened(two, folder, shared=False).__enter__()


@pytest.mark.parametrize(("evolving", "measuring", "workers"), [(1, 4, 2), (0, 3, 1), (60, 2, 2)])
def test_the_time_that_is_left_counts_all_that_a_run_takes(
    two, tmp_path, evolving, measuring, workers, monkeypatch
):
    """A study by the clock of a simulation: each of the workers evolves a run, measures it, takes the next."""
    many = load_definition(written(tmp_path, TWO), replicates=40)
    folder, begun = tmp_path / "x", 1_800_000_000.0
    with opened(many, folder, shared=False):
        monkeypatch.setattr(
            "evomod.studies.folder.now", lambda: datetime.fromtimestamp(begun, UTC).isoformat()
        )
        begin_session(folder)
    order = replicates_of(many)
    whole = evomod.run(order[0].treatment.config, 1, tmp_path / "whole").folder
    took = [
        (evolving * (3 if r.treatment.name == "pcc" else 1) + 0.3, measuring) for r in order
    ]  # one treatment evolves three times as long
    free, ended = [begun] * workers, []
    for evolves, measures in took:
        at = free.index(min(free))
        ended.append((free[at], free[at] + evolves))
        free[at] += evolves + measures
    middle = ended[39][1]
    for replicate, (start, end) in zip(order, ended, strict=True):
        if end > middle:
            continue
        place = folder / replicate.place
        shutil.copytree(whole, place)
        times = {"start": start, "end": end}
        manifest = json.loads((place / "manifest.json").read_text())
        manifest |= {k: datetime.fromtimestamp(int(v), UTC).isoformat() for k, v in times.items()}
        (place / "manifest.json").write_text(json.dumps(manifest))
        os.utime(place / "complete", (end, end))
    left = status_of(many, folder).seconds_left
    assert left == pytest.approx(max(free) - middle, rel=0.3)


def test_nothing_is_known_of_the_time_before_the_first_run_is_done(two, tmp_path):
    with opened(two, tmp_path / "x", shared=False):
        assert status_of(two, tmp_path / "x").seconds_left is None
