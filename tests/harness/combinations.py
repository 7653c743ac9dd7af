"""Every combination of encoding, pressure, schedule, selection, stop rule and start, on tiny sizes.

A legal one is run twice, once with an interruption: the bytes are the same, and what is logged is true. An illegal
one is refused in one message before anything is written.
"""

from __future__ import annotations

import itertools
import json
import shutil
import signal
import traceback
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import evomod
from evomod.errors import EvomodError, Interrupted
from evomod.runs import run as runs
from evomod.runs import tracking
from evomod.runs.checkpoints import read_checkpoint
from evomod.task import all_patterns, counted_answers, load_task

from .forks import Plant, difference, end, start
from .forks import bytes_of as bytes_of_run
from .report import Result

ENCODINGS: dict[str, dict[str, Any]] = {
    "layered": {"task": "retina", "network": {"encoding": "layered"}},
    "layered-real": {"task": "retina", "network": {"encoding": "layered-real"}},
    "threshold": {"task": "retina", "network": {"encoding": "threshold", "penalty": 0.0}},
    "circuit": {"task": "circuit", "network": {"encoding": "circuit", "penalty": 0.0}},
    "gate-layers": {"task": "circuit", "network": {"encoding": "gate-layers"}},
    "cppn": {"task": "retina", "network": {"encoding": "cppn"}},
}
LATER_ENCODINGS: dict[str, dict[str, Any]] = {
    "gene-network": {"task": "attractor", "network": {"encoding": "gene-network"}},
}
"""A trial of their own, as later methods of selection."""
LAST_PRESSURES: dict[str, dict[str, Any]] = {
    "learning": {"learning": {"steps": 2}},
    "hierarchy": {"hierarchy": {"probability": 1.0}},
}
"""Likewise."""
PRESSURES: dict[str, dict[str, Any]] = {
    "alone": {},
    "cost": {"connection-cost": {"measure": "connections"}},
    "length": {"connection-cost": {}},
    "penalty": {"connection-cost": {"measure": "connections", "penalty": 0.01}},
    "q-down": {"modularity": {"direction": "down"}},
    "diversity": {"behavioural-diversity": {}},
    "l1": {"l1": {}},
    "l2": {"l2": {"penalty": 0.01}},
    "pruning": {"pruning": {"every": 2}},
    "dropout": {"dropout": {"draws": 2}},
    "range": {"connection-range": {"fewest": 2, "most": 30}},
    "switching": {"goal-switching": {"period": 2}},
}
LATER_PRESSURES: dict[str, dict[str, Any]] = {
    "adaptability": {"adaptability": {"mutants": 3}},
}
"""A trial of their own, as later methods of selection."""
SCHEDULES: dict[str, dict[str, Any]] = {
    "fixed": {"kind": "fixed"},
    "modular": {"kind": "modular", "goals": ["FIRST", "SECOND"], "period": 2},
    "random-walk": {"kind": "random-walk", "period": 2},
    "sampled": {"kind": "sampled", "period": 2},
    "random": {"kind": "random", "period": 2},
    "random-constant": {"kind": "random-constant"},
    "neutral": {"kind": "neutral", "period": 2},
}
LATER_SCHEDULES: dict[str, dict[str, Any]] = {
    "accumulating": {"kind": "accumulating", "goals": ["FIRST", "SECOND"], "period": 2},
}
"""A trial of their own, as later methods of selection."""
SELECTIONS = ("nsga2", "elite", "elite-worst", "roulette", "map-elites")
LATER_SELECTIONS = ("lexicase",)
LAST_SELECTIONS = ("pareto-front", "age-fitness", "proportional")
"""A trial of their own: among the others they would change which combination is in which piece."""
STOPS = ("generations", "solved", "all-solved", "never")
STARTS = ("random", "population", "network")
GOALS = {
    "retina": ("left-and-right", "left-or-right"),
    "circuit": ("xor-and-xor", "xor-or-xor"),
    "attractor": ("alternating", "left-flipped"),
}
TOGETHER = {"retina": "retina-and-or"}
"""Tasks of the same goals that can be rewarded at once."""
MU, LAST = 8, 6

Combination = tuple[str, str, str, str, str, str]


def everything(
    selections: Sequence[str],
    schedules: Iterable[str] = SCHEDULES,
    encodings: Iterable[str] = ENCODINGS,
    pressures: Iterable[str] = PRESSURES,
) -> list[Combination]:
    """All of them, legal and illegal."""
    return list(itertools.product(encodings, pressures, schedules, selections, STOPS, STARTS))


def sections_of(combination: Combination, home: Path) -> dict[str, Any]:
    """Config data of a combination."""
    encoding, pressure, schedule, method, stop, begins = combination
    known: dict[str, Any] = json.loads(json.dumps((ENCODINGS | LATER_ENCODINGS)[encoding]))
    first, second = GOALS[known["task"]]
    if schedule in LATER_SCHEDULES:
        known["task"] = TOGETHER.get(known["task"], known["task"])
    plans = SCHEDULES | LATER_SCHEDULES
    plan = json.loads(json.dumps(plans[schedule]).replace("FIRST", first).replace("SECOND", second))
    starts = {
        "random": "random",
        "population": str(home / encoding),
        "network": str(home / encoding / "best.json"),
    }
    return known | {
        "pressures": json.loads(json.dumps((PRESSURES | LATER_PRESSURES | LAST_PRESSURES)[pressure])),
        "schedule": plan,
        "selection": {"method": method},
        "evolution": {
            "population": MU,
            "generations": LAST,
            "stop": stop,
            "start": starts[begins],
        },
        "tracking": {"population_every": 2},
    }


class Stop:
    """Sends a signal to this process when a run is in a generation, once."""

    def __init__(self, generation: int) -> None:
        self.generation, self.true = generation, tracking.Tracker.row

    def __enter__(self) -> None:
        raised: list[bool] = []

        def row(tracker: Any, current: Any) -> Any:
            if current.number == self.generation and not raised:
                raised.append(True)
                signal.raise_signal(signal.SIGTERM)
            return self.true(tracker, current)

        tracking.Tracker.row = row  # type: ignore[method-assign]

    def __exit__(self, *what: object) -> None:
        tracking.Tracker.row = self.true  # type: ignore[method-assign]


def stopped(act: Any, generation: int) -> bool:
    """Whether it was stopped; a run may end before that generation."""
    with Stop(generation):
        try:
            act()
        except Interrupted:
            return True
    return False


def tried(combination: Combination, home: Path, rng: np.random.Generator) -> str:
    """ "refused", or "run". Raises AssertionError for what does not hold."""
    out = home / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    seed, at = int(rng.integers(1000)), int(rng.integers(0, LAST + 1))
    try:
        config = evomod.Config(**sections_of(combination, home))
        begun = runs.begin(config, seed, out / "begun")
    except EvomodError as error:
        assert not any(out.iterdir()), "refused, and something is left"
        assert str(error) and len(str(error)) < 2000 and "Traceback" not in str(error)
        return "refused"
    shutil.rmtree(begun)
    if combination[4] == "never":
        assert stopped(partial(runs.run, config, seed, out / "a"), LAST)
        assert stopped(partial(runs.run, config, seed, out / "b"), at) or at > LAST
        if at < LAST:
            assert stopped(partial(runs.resume, out / "b"), LAST)
    else:
        runs.run(config, seed, out / "a")
        if stopped(partial(runs.run, config, seed, out / "b"), at):
            runs.resume(out / "b")
    if not (combination[4] == "never" and at == LAST):
        other = difference(out / "b", bytes_of_run(out / "a"))
        assert not other, f"seed {seed}, stopped at {at}: {other}"
    _check(combination, runs.load_run(out / "a"))
    return "run"


def _check(combination: Combination, run: runs.Run) -> None:
    """Alphabets and sizes, what the log says, and the best network's fitness computed anew."""
    _, pressure, schedule, method, stop, _ = combination
    task = load_task(run.config.task.name)
    setup = evomod.prepare(run.config, task)
    state = read_checkpoint(run.folder, setup, run.manifest)  # shapes and alphabets
    assert state is not None
    log, network = run.log, run.best
    numbers = log["generation"]
    assert numbers.tolist() == list(range(numbers.size)) and numbers[-1] == state.start.number
    assert stop in ("never", "solved", "all-solved") or numbers[-1] == LAST
    best, mean = log["best_fitness"], log["mean_fitness"]
    known = ~np.isnan(best)
    assert known.all() or schedule == "neutral"
    assert ((best >= 0) & (best <= 1.0))[known].all()
    # with these the logged one is the best in something else: penalised, under dropout, by its mutants, or within a range
    assert (
        pressure in ("dropout", "range", "penalty", "l2", "adaptability", "learning")
        or (best >= mean - 1e-9)[known].all()
    )
    counted = run.population
    for generation in np.unique(counted["generation"]):
        number = counted["count"][counted["generation"] == generation].sum()
        assert number == MU or method == "map-elites"
    answers = network.answer(all_patterns(len(task.inputs)))
    strict = network.about["tie_rule"] == "strict"
    for goal, table in task.tables.items():
        no = answers < 0 if strict else answers <= 0
        counted = counted_answers(task, goal).T
        hits = np.where(table.T, answers > 0, no)
        right = float(hits[counted].mean())
        if (
            task.fitness is not None
        ):  # by the words of the paper, from the starts that differ in one gene
            near = (all_patterns(len(task.inputs)) != table[:, 0]).sum(axis=1) == 1
            right = 1.0 - float(np.exp(-3.0 * (hits[near].mean(axis=1) ** 5).mean()))
        assert abs(right - log[f"fitness:{goal}"][-1]) < 1e-12, f"{goal}: {right}, logged otherwise"
    if pressure == "alone" and schedule == "fixed" and method in ("elite", "elite-worst"):
        assert (np.diff(best) >= 0).all(), "the best of an elite got worse"


def _batch(chosen: list[Combination], home: Path, seed: int, listing: Path) -> int:
    rng = np.random.default_rng(seed)
    counts, failures = {"run": 0, "refused": 0}, {}
    for combination in chosen:
        try:
            counts[tried(combination, home, rng)] += 1
        except BaseException as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            failures[" × ".join(combination)] = f"{type(error).__name__} at {last.lineno}: {error}"
    listing.write_text(json.dumps([counts, failures]))
    return 0


def shuffled(
    selections: Sequence[str] = SELECTIONS,
    schedules: Iterable[str] = SCHEDULES,
    encodings: Iterable[str] = ENCODINGS,
    pressures: Iterable[str] = PRESSURES,
) -> list[Combination]:
    """All of them, always in the same order, which mixes them: any part of it has some of every kind."""
    chosen = everything(selections, schedules, encodings, pressures)
    return [chosen[k] for k in np.random.default_rng(0).permutation(len(chosen))]


def accumulating() -> list[Combination]:
    """All with goals that are added one after another."""
    return shuffled((*SELECTIONS, *LATER_SELECTIONS), LATER_SCHEDULES, (*ENCODINGS, *LATER_ENCODINGS))


def last_selections() -> list[Combination]:
    """All with methods of selection that came last."""
    return shuffled(LAST_SELECTIONS)


def gene_networks() -> list[Combination]:
    """All with gene regulatory networks."""
    return shuffled((*SELECTIONS, *LATER_SELECTIONS), SCHEDULES, LATER_ENCODINGS)


def later_pressures(pressures: Iterable[str]) -> list[Combination]:
    """All with pressures that came later."""
    selections = (*SELECTIONS, *LATER_SELECTIONS, *LAST_SELECTIONS)
    return shuffled(selections, SCHEDULES | LATER_SCHEDULES, (*ENCODINGS, *LATER_ENCODINGS), pressures)


def combinations(
    result: Result, home: Path, chosen: list[Combination], plant: Plant | None = None
) -> None:
    """Those given, in a fork."""
    for name, sections in (ENCODINGS | LATER_ENCODINGS).items():
        config = evomod.Config(**sections, evolution={"population": MU, "generations": 3})
        runs.run(config, 1, home / name)
    listing = home / "listing.json"
    seed = int(result.rng.integers(2**31))
    ended = end(*start(partial(_batch, chosen, home, seed, listing), plant), limit=3600.0)
    result.tried += len(chosen)
    if not listing.exists():
        result.fail(f"a batch ended with {ended.code}", ended.said)
        return
    counts, failures = json.loads(listing.read_text())
    for name, count in counts.items():
        result.note(name, count)
    for name, failure in failures.items():
        result.fail(f"{name}: {failure}")
