"""The harness in small, and the harness itself: what is broken on purpose is found."""

import contextlib
import os
import signal
from functools import partial
from typing import get_args

import numpy as np
import pytest
from harness import bounds, combinations, crashes, faults, fuzz, same, surroundings
from harness.report import Result

from evomod.encodings.collection import ENCODINGS
from evomod.files import disk
from evomod.measures import report
from evomod.pressures.collection import PRESSURES
from evomod.runs import checkpoints
from evomod.runs import run as runs
from evomod.sections import SCHEDULES, EvolutionSection
from evomod.selections.collection import METHODS


@pytest.fixture(scope="module", autouse=True)
def few_nulls_here_alone():
    """The harness draws few nulls (`forks.warm`); a study's tests later in this process compare with what workers draw."""
    draws = report.NOTE_DRAWS
    yield
    report.NOTE_DRAWS = draws


@pytest.fixture
def result():
    return Result("a trial", np.random.default_rng(1))


@pytest.mark.parametrize("how", ["exit", "power", "error", "gone"])
def test_a_run_goes_on_after_faults_at_its_steps(result, tmp_path, how):
    crashes.runs(result, tmp_path, ["circuit"], [how], range(7, 1000, 25))
    assert result.tried >= 6 and not result.failures


def test_a_study_goes_on_after_faults_at_its_steps(result, tmp_path):
    crashes.study(result, tmp_path, ["exit"], range(60, 1000, 150))
    assert result.tried >= 4 and not result.failures


def test_runs_go_on_after_kills_and_signals(result, tmp_path):
    (tmp_path / "a").mkdir()
    crashes.kills(result, tmp_path, 5)
    crashes.kills(result, tmp_path / "a", 5, (signal.SIGINT, signal.SIGTERM))
    assert result.tried == 10 and not result.failures


def test_races_have_one_winner(result, tmp_path):
    crashes.race(result, tmp_path, 1)
    assert result.tried == 4 and not result.failures


@pytest.mark.parametrize("plant", [None, faults.deny_locks])
def test_nobody_gets_at_what_goes_on(result, tmp_path, plant):
    crashes.held(result, tmp_path, plant)
    assert result.tried == 7 and not result.failures


def test_where_there_are_no_locks_nothing_is_begun(result, tmp_path):
    crashes.lockless(result, tmp_path)
    assert result.tried == 4 and not result.failures


def test_what_cannot_be_written_is_one_sentence(result, tmp_path):
    surroundings.places(result, tmp_path)
    assert result.tried == 12 and not result.failures


def test_combinations_run_or_are_refused(result, tmp_path):
    combinations.combinations(result, tmp_path, combinations.shuffled()[:30])
    assert result.tried == 30 and not result.failures
    assert result.notes["run"] > 3 and result.notes["refused"] > 3


@pytest.mark.parametrize(
    "chosen",
    [
        combinations.accumulating,
        combinations.gene_networks,
        combinations.last_selections,
        partial(combinations.later_pressures, combinations.LATER_PRESSURES),
        partial(combinations.later_pressures, combinations.LAST_PRESSURES),
    ],
)
def test_later_combinations_run_or_are_refused(result, tmp_path, chosen):
    combinations.combinations(result, tmp_path, chosen()[:20])
    assert result.tried == 20 and not result.failures
    assert result.notes["run"] > 0 and result.notes["refused"] > 0


def test_combinations_are_of_all_there_is():
    assert {*combinations.ENCODINGS, *combinations.LATER_ENCODINGS} == set(ENCODINGS)
    pressures = combinations.PRESSURES | combinations.LATER_PRESSURES | combinations.LAST_PRESSURES
    assert set().union(*pressures.values()) == set(PRESSURES)
    selections = combinations.SELECTIONS + combinations.LATER_SELECTIONS + combinations.LAST_SELECTIONS
    assert set(selections) == set(METHODS.known())
    assert {*combinations.SCHEDULES, *combinations.LATER_SCHEDULES} == set(SCHEDULES)
    assert set(combinations.STOPS) == set(get_args(EvolutionSection.model_fields["stop"].annotation))


def test_hostile_files_are_refused_or_read(result, tmp_path):
    for name, form in fuzz.formats(tmp_path).items():
        fuzz.fuzz(result, name, form, 100)
    assert not result.failures


def test_a_longer_log_takes_little_more_memory_to_draw(result, tmp_path):
    bounds.long_log(tmp_path / "a", 1000)
    bounds.long_log(tmp_path / "b", 200_000)
    for command in ("plot", "report"):
        few, many = (bounds.taken([command, str(tmp_path / name)]) for name in "ab")
        assert few[0] == many[0] == 0 and many[1] - few[1] < 60


def test_a_large_network_is_measured(tmp_path):
    """A tenth of what the harness measures, and three random networks: all of it takes minutes."""
    bounds.large_network(tmp_path / "large.csv", bounds.CONNECTIONS // 10)
    code, megabytes, _ = bounds.taken(["measure", str(tmp_path / "large.csv"), "--draws", "3"])
    assert code == 0 and megabytes < bounds.MEASURE_MB


def test_other_surroundings_give_the_same_bytes(result, tmp_path):
    same.same(result, tmp_path, ("circuit",))
    same.at_start(result, tmp_path, 2)
    assert result.tried == 9 and not result.failures


# what is broken on purpose


def test_a_missing_fsync_is_found(result, tmp_path):
    def plant():
        def write(path, content):
            partial = path.with_name(path.name + ".part")
            partial.write_bytes(content)
            os.replace(partial, path)

        checkpoints.write_whole = write

    out = tmp_path / "run"
    command = crashes.evolve("circuit", tmp_path, out)
    steps = crashes.counted(command, out)
    known = [k for k, step in enumerate(steps, 1) if step == "replace checkpoint.npz"]
    crashes.crash_points(result, "planted", command, out, "power", range(1, len(steps), 3), plant)
    assert known and any("power" in failure for failure in result.failures)


def test_a_swallowed_exception_is_found(result, tmp_path):
    def plant():
        true = disk.write_whole

        def write(path, content):
            with contextlib.suppress(OSError):
                true(path, content)

        runs.write_whole = write

    out = tmp_path / "run"
    command = crashes.evolve("circuit", tmp_path, out)
    steps = crashes.counted(command, out)
    at = [k for k, step in enumerate(steps, 1) if step.startswith("fsync task.py")]
    crashes.crash_points(result, "planted", command, out, "error", at, plant)
    assert result.failures


def test_a_write_before_the_lock_is_found(result, tmp_path):
    def plant():
        true = runs._begun

        def begun(beginning):
            beginning.folder.mkdir(parents=True, exist_ok=True)
            manifest = runs._manifest(beginning.setup, beginning.sequence)
            disk.write_json(beginning.folder / "manifest.json", manifest)
            return true(beginning)

        runs._begun = begun

    crashes.race(result, tmp_path, 1, plant)
    assert result.failures


def test_an_unchecked_key_is_found(result, tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "DRAWN", 1)

    def plant():
        runs.check_record = lambda kind, data: None

    form = fuzz.formats(tmp_path)["log, drawn"]
    manifest = fuzz.Format(form.path.with_name("manifest.json"), "json",
                           (form.path.with_name("manifest.json").read_bytes(),), lambda path: form.read(form.path))  # fmt: skip
    fuzz.fuzz(result, "planted", manifest, 60, plant)
    assert any("Error at" in failure for failure in result.failures)


def test_an_input_that_takes_all_memory_is_found(result, tmp_path):
    form = fuzz.Format(tmp_path / "x", "bytes", (b"x",), lambda path: bytearray(4 * 2**30))
    fuzz.fuzz(result, "planted", form, 2)
    assert any("MemoryError" in failure for failure in result.failures)


def test_an_elite_that_gets_worse_is_found(result, tmp_path):
    def plant():
        def check(combination, run):
            log = run.folder / "log.csv"
            lines = log.read_text().splitlines(keepends=True)
            cells = lines[-1].split(",")
            cells[2] = "0.0"
            log.write_text("".join([*lines[:-1], ",".join(cells)]))
            true(combination, run)

        true, combinations._check = combinations._check, check

    combinations.combinations(result, tmp_path, combinations.shuffled()[:12], plant)
    assert result.failures
