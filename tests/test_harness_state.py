"""What the harness keeps of the pieces it has tried: nothing is lost, nothing is counted twice."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from harness import pieces, state
from harness.__main__ import by_hand, report
from harness.report import Result
from harness.state import State

ROOT = Path(__file__).parents[1]


@pytest.fixture
def kept(tmp_path):
    found = State(tmp_path / "kept.json")
    yield found
    found.close()


def came(failures=(), tried=3):
    result = Result("a trial", np.random.default_rng(1), tried, list(failures))
    result.note("refused", 2)
    result.peak("MB at the most", 100 + tried)
    return result


def trial(act, number=4):
    return pieces.Trial("a trial", number, 1, act)


def test_what_came_of_pieces_is_added_up(kept):
    for piece, tried in ((2, 5), (0, 3), (1, 4), (7, 1)):
        kept.add(piece, came(tried=tried))
    one = kept.reached(["a trial"])["a trial"]
    assert one.done == {0, 1, 2, 7} and '"0-2, 7"' in kept.path.read_text()
    assert (one.result.tried, one.result.notes["refused"]) == (13, 8)
    assert one.result.peaks["MB at the most"] == 105
    assert one.commits == {state.commit()}


def test_a_piece_that_failed_is_tried_again_by_another_commit_alone(kept, monkeypatch):
    kept.add(0, came(["broken"]))
    with kept.claimed("a trial", 0) as is_left:
        assert not is_left
    assert kept.reached(["a trial"])["a trial"].whole().failures == ["broken"]
    monkeypatch.setattr(state, "commit", lambda: "another")
    with kept.claimed("a trial", 0) as is_left:
        assert is_left
    kept.add(0, came(tried=4))
    one = kept.reached(["a trial"])["a trial"]
    assert one.done == {0} and one.commits == {"another"}
    assert not one.failed and one.whole().tried == 4


def test_pieces_that_are_done_are_not_tried_again(kept):
    tried = []
    one = trial(lambda result, home, piece: tried.append(piece))
    pieces.work([one], "small", kept, None)
    pieces.work([one], "full", kept, None)
    assert tried == [0, 1, 2, 3]


def test_an_exception_of_a_trial_is_a_failure_of_its_piece(kept):
    def act(result, home, piece):
        (home / "x").touch()
        raise ValueError("no")

    pieces.work([trial(act)], "small", kept, None)
    assert "ValueError: no" in kept.reached(["a trial"])["a trial"].whole().failures[0]


WORKER = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from harness.pieces import Trial, work
from harness.state import State

def act(result, home, piece):
    time.sleep(0.01)
    result.tried += 1

work([Trial("a trial", 40, 1, act)], "full", State(Path(sys.argv[1])), None)
"""


def test_processes_at_once_lose_nothing_of_each_other(kept):
    command = [sys.executable, "-c", WORKER, str(kept.path), str(ROOT), str(ROOT / "tests")]
    workers = [subprocess.Popen(command) for _ in range(3)]
    assert [worker.wait(timeout=100) for worker in workers] == [0, 0, 0]
    one = kept.reached(["a trial"])["a trial"]
    assert one.done == set(range(40)) and one.result.tried == 40


def test_the_committed_report_is_made_of_what_is_kept():
    committed = state.DEFAULT.with_suffix(".md")
    made = report(pieces.trials(), State(state.DEFAULT))
    assert made + by_hand(committed) == committed.read_text(encoding="utf-8")


def test_what_is_written_by_hand_stays(tmp_path):
    path = tmp_path / "report.md"
    assert by_hand(path) == ""
    path.write_text("# Reliability\n\nold\n\n## By hand\n\nseen\n")
    assert by_hand(path) == "\n## By hand\n\nseen\n"


def test_every_piece_that_is_kept_is_one_of_a_trial():
    known = {trial.name: trial.pieces for trial in pieces.trials()}
    names = json.loads(state.DEFAULT.read_text(encoding="utf-8"))["trials"]
    for name, one in State(state.DEFAULT).reached(names).items():
        assert name in known and max(one.done | one.failed.keys()) < known[name]
