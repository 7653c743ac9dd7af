"""Committed results follow from config and seed: the quickest of them are run again."""

import csv
import json
from pathlib import Path

import pytest
from PIL import Image

import evomod

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "results" / "kashtan2005" / "times.csv"


def quickest(system, goals, number=2):
    with TABLE.open(newline="") as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if (r["system"], r["goals"], r["reading"]) == (system, goals, "default")
        ]
    assert len(rows) == 50 and sorted(int(r["seed"]) for r in rows) == list(range(1, 51))
    solved = sorted((int(r["generations"]), int(r["seed"])) for r in rows if r["solved"] == "1")
    return solved[:number]


@pytest.mark.parametrize("goals", ["fg", "mvg"])
@pytest.mark.parametrize("system", ["circuit", "retina"])
def test_times_to_solve_are_found_again(system, goals):
    config = evomod.load_config(ROOT / "scripts" / "kashtan2005" / f"{system}_{goals}.toml")
    for generations, seed in quickest(system, goals):
        *_, last = evomod.evolve(config, seed=seed)
        assert (last.number, last.is_solved) == (generations, True)


def test_committed_results_are_small_and_name_no_place_of_a_machine():
    files = [path for path in (ROOT / "results").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 20_000_000
    assert all(path.stat().st_size <= 300_000 for path in files if path.suffix == ".png")
    for path in (path for path in files if path.suffix == ".png"):
        with Image.open(path) as picture:
            assert picture.mode == "P", (
                f"{path} has more than 256 colours: python scripts/collect.py leaves so many"
            )
    manifests = [path for path in files if path.name.endswith("manifest.json")]
    assert len(manifests) > 5
    for path in manifests:
        known = json.loads(path.read_text(encoding="utf-8"))
        for session in known.get("sessions", [known]):
            assert len(session["commit"]) == 40
            assert not any(str(word).startswith("/") for word in session.get("argv", []))
