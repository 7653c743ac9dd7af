"""Schedules, selection, stop and start in a config: what is accepted, and one sentence for each mistake."""

import re
import tomllib

import pytest

from evomod.config import Config, dump_config, load_config
from evomod.errors import EvomodError
from evomod.evolution.schedules import compositions
from evomod.evolution.setup import prepare
from evomod.task import load_task

A, B = "xor-and-xor", "xor-or-xor"
KNOWN = "'xor-and-xor', 'xor-or-xor', 'eq-and-xor'"

AT_ONCE = {  # mistakes that need no task
    "a period of 0": (
        {"schedule": {"period": 0}},
        "schedule.period: wanted greater than or equal to 1; got 0",
    ),
    "a negative period": ({"schedule": {"period": -20}}, "schedule.period: wanted .* got -20"),
    "half a period": ({"schedule": {"period": 1.5}}, "schedule.period: wanted a valid integer"),
    "one goal": (
        {"schedule": {"kind": "modular", "goals": [A]}},
        "schedule: kind 'modular' wants 2 or more goals; goals has 1 .one goal is the kind 'fixed'",
    ),
    "no goal": ({"schedule": {"kind": "modular"}}, "kind 'modular' wants 2 or more goals; goals has 0"),
    "the same goal twice": (
        {"schedule": {"kind": "modular", "goals": [A, A]}},
        "kind 'modular' wants goals that differ",
    ),
    "twice in a row": (
        {"schedule": {"kind": "modular", "goals": [A, B, B]}},
        "the same goal twice in a row",
    ),
    "twice around the end": (
        {"schedule": {"kind": "modular", "goals": [A, B, A]}},
        "the same goal twice in a row .the last meets the first",
    ),
    "two fixed goals": (
        {"schedule": {"goals": [A, B]}},
        "schedule: kind 'fixed' wants .* goals has 2",
    ),
    "two neutral goals": (
        {"schedule": {"kind": "neutral", "goals": [A, B]}},
        "schedule: kind 'neutral' wants .* goals has 2",
    ),
    "goals of sampled": ({"schedule": {"kind": "sampled", "goals": [A]}}, "'sampled' wants no goals"),
    "a kind": ({"schedule": {"kind": "mvg"}}, "schedule.kind: wanted 'fixed', 'modular'.*; got 'mvg'"),
    "a probability": ({"schedule": {"probability": 1.1}}, "schedule.probability: wanted .* got 1.1"),
    "an operator": ({"schedule": {"operators": ["xnor"]}}, "schedule.operators.0: wanted .* got 'xnor'"),
    "a key": ({"schedule": {"perid": 3}}, "schedule.perid: unknown key; did you mean 'period'"),
    "a method": (
        {"selection": {"method": "tournament"}},
        "selection.method: wanted .* got 'tournament'",
    ),
    "half is too many": (
        {"selection": {"method": "elite-worst", "elite": 0.51}},
        "selection: elite: method 'elite-worst' replaces as many as it keeps, so at most 0.5",
    ),
    "nobody": ({"selection": {"elite": 0.0}}, "selection.elite: wanted .* got 0.0"),
    "more than all": ({"selection": {"elite": 1.2}}, "selection.elite: wanted .* got 1.2"),
    "strength": ({"selection": {"method": "roulette", "strength": -1.0}}, "selection.strength: wanted"),
    "a cost for elites": (
        {"selection": {"method": "elite"}, "pressures": {"connection-cost": {"measure": "nodes"}}},
        "selection.method: 'elite' sees fitness only, and connection-cost is a further objective; set "
        "selection.method=nsga2",
    ),
    "places of gates": (
        {"selection": {"method": "nsga2"}, "pressures": {"connection-cost": {}}},
        "pressures.connection-cost with these settings requires nodes with places, which encoding 'circuit' lacks",
    ),
    "fixed places of gates": (
        {
            "selection": {"method": "nsga2"},
            "pressures": {"connection-cost": {"measure": "fixed-length"}},
        },
        "pressures.connection-cost with these settings requires nodes with places",
    ),
    "two pressures on a roulette": (
        {
            "selection": {"method": "roulette"},
            "pressures": {"connection-cost": {"measure": "nodes"}, "behavioural-diversity": {}},
        },
        "'roulette' sees fitness only, and connection-cost and behavioural-diversity",
    ),
    "no patterns": ({"task": {"name": "circuit", "patterns": 0}}, "task.patterns: wanted .* got 0"),
    "a stop": ({"evolution": {"stop": "later"}}, "evolution.stop: wanted 'generations', 'solved'"),
    "solved at": ({"evolution": {"solved_at": 0.0}}, "evolution.solved_at: wanted greater than 0"),
    "fronts of one": (
        {"selection": {"method": "nsga2"}, "evolution": {"population": 1}},
        "evolution.population: nsga2 compares individuals, so it wants 2 or more",
    ),
}


@pytest.mark.parametrize("case", AT_ONCE)
def test_a_mistake_is_one_line_with_its_path(case):
    data, message = AT_ONCE[case]
    with pytest.raises(EvomodError) as caught:
        Config(**{"task": "circuit", **data})
    lines = str(caught.value).splitlines()
    assert lines[0] == "the config is not valid:" and len(lines) == 2
    assert re.search(message, lines[1])


def test_a_cost_for_circuits_as_they_come_is_told_all_that_hinders_it():
    with pytest.raises(EvomodError) as caught:
        Config(task="circuit", pressures={"connection-cost": {}})
    _, places, method = str(caught.value).splitlines()
    assert "pressures.connection-cost with these settings requires nodes with places" in places
    assert "selection.method: 'elite' sees fitness only" in method
    as_told = {"selection": {"method": "nsga2"}, "pressures": {"connection-cost": {"measure": "nodes"}}}
    prepare(Config(task="circuit", **as_told))


WITH_TASK = {
    "an unknown goal": (
        {"task": {"name": "circuit", "goal": "xor"}},
        f"has no goal 'xor'; it has {KNOWN}",
    ),
    "an unknown goal of a schedule": (
        {"schedule": {"kind": "modular", "goals": [A, "g2"]}},
        f"task 'circuit' has no goal 'g2'; it has {KNOWN}",
    ),
    "an unknown fixed goal": ({"schedule": {"goals": ["xor"]}}, f"has no goal 'xor'; it has {KNOWN}"),
    "an unknown goal of a walk": (
        {"schedule": {"kind": "random-walk", "goals": [A, "xor"]}},
        f"has no goal 'xor'; it has {KNOWN}",
    ),
    "two beginnings": (
        {"task": {"name": "circuit", "goal": B}, "schedule": {"kind": "modular", "goals": [A, B]}},
        "task.goal is 'xor-or-xor' and schedule.goals begins with 'xor-and-xor'; leave one out",
    ),
    "a walk of one goal": (
        {"schedule": {"kind": "random-walk", "goals": [A]}},
        "'xor-and-xor' shares no subgoal with any other of the goals.*xor-or-xor",
    ),
    "a walk of strangers": (
        {"schedule": {"kind": "random-walk", "goals": [A, "eq-and-eq"]}},
        "'xor-and-xor' shares no subgoal .* a random walk cannot leave it",
    ),
    "a walk where nothing is related": (
        {"task": "five-xor", "schedule": {"kind": "random-walk"}},
        "'five-xor' shares no subgoal .* share some with it: none",
    ),
    "compositions of several outputs": (
        {"task": "circuit-three-outputs", "schedule": {"kind": "sampled"}},
        "composes goals of one output; task 'circuit-three-outputs' has 3",
    ),
    "one composition": (
        {"task": "retina", "schedule": {"kind": "sampled", "operators": ["and"]}},
        "finds fewer than two compositions of the subgoals of task 'retina' .left, right. with and",
    ),
    "no operators": (
        {"schedule": {"kind": "sampled", "operators": []}},
        "fewer than two compositions .* with no operator",
    ),
    "patterns": (
        {"task": {"name": "circuit", "patterns": 17}},
        "task.patterns is 17; task 'circuit' has 16 patterns",
    ),
    **{
        f"all of {kind}": (
            {"schedule": {"kind": kind}, "evolution": {"stop": "all-solved"}},
            f"evolution.stop 'all-solved' wants named goals; schedule.kind '{kind}' has none here",
        )
        for kind in ("sampled", "random", "random-constant")
    },
}


@pytest.mark.parametrize("case", WITH_TASK)
def test_what_does_not_fit_the_task_is_one_sentence(case):
    data, message = WITH_TASK[case]
    config = Config(**{"task": "circuit", **data})
    with pytest.raises(EvomodError, match=message) as caught:
        prepare(config)
    assert "\n" not in str(caught.value)


GOOD = {
    "half": {"selection": {"method": "elite-worst", "elite": 0.5}},
    "all pass": {"selection": {"method": "elite", "elite": 1.0}},
    "every generation": {"schedule": {"kind": "modular", "goals": [A, B], "period": 1}},
    "in an order": {"schedule": {"kind": "modular", "goals": [A, "eq-and-eq", B, "eq-and-eq"]}},
    "all patterns": {"task": {"name": "circuit", "patterns": 16}},
    "nodes": {
        "selection": {"method": "nsga2"},
        "pressures": {"connection-cost": {"measure": "nodes"}},
    },
    "places of layers": {
        "network": {"encoding": "gate-layers"},
        "selection": {"method": "nsga2"},
        "pressures": {"connection-cost": {}},
    },
    "the only goal": {"evolution": {"stop": "all-solved"}},
    "the goals of a walk": {
        "schedule": {"kind": "random-walk"},
        "evolution": {"stop": "all-solved"},
    },
    "random goals between": {
        "schedule": {"kind": "random", "goals": [A, B]},
        "evolution": {"stop": "all-solved"},
    },
}


@pytest.mark.parametrize("case", GOOD)
def test_what_fits_is_accepted_and_survives_its_file(case):
    setup = prepare(Config(**{"task": "circuit", **GOOD[case]}))
    again = Config(**tomllib.loads(dump_config(setup.config)))
    assert again == setup.config and prepare(again).config == again


def test_an_order_of_goals_stays_as_it_was_given():
    goals = ["g1", "g4", "g2", "g4", "g3", "g4"]
    config = Config(task="circuit-three-outputs", schedule={"kind": "modular", "goals": goals})
    assert list(prepare(config).config.schedule.goals) == goals
    assert prepare(config).config.task.goal == "g1"


def test_defaults_are_those_of_the_issue():
    config = Config(task="circuit")
    assert (config.schedule.kind, config.schedule.period, config.schedule.probability) == (
        "fixed",
        20,
        1.0,
    )
    assert (config.selection.method, config.selection.elite) == ("elite", 0.3)
    assert (config.evolution.stop, config.evolution.start) == ("generations", "random")
    assert config.task.patterns is None and not config.task.resample
    assert Config(task="retina").selection.method == "nsga2"


def test_the_papers_schedules_on_file():
    mvg = load_config("scripts/kashtan2005/circuit_three_outputs.toml")
    assert mvg.schedule.kind == "modular" and mvg.schedule.period == 20
    assert set(mvg.schedule.goals) == {"g1", "g2", "g3", "g4"} and mvg.evolution.stop == "all-solved"
    retina = load_config("scripts/kashtan2005/retina_mvg.toml")
    assert retina.task.patterns == 100 and retina.evolution.solved_at == 0.95
    assert retina.schedule.goals == ("left-and-right", "left-or-right")


def task_file(folder, subgoals, goals):
    path = folder / "mine.py"
    path.write_text(
        "from evomod.task import Task, composition\n"
        f"TASK = Task(name='mine', inputs=('a', 'b'), subgoals={{{subgoals}}}, goals={{{goals}}})\n"
    )
    return path


@pytest.mark.parametrize(
    ("goals", "message"),
    [
        (
            "'g': lambda one, three: one",
            "goal 'g' .* unknown subgoal 'three'; the task has 'one', 'two'",
        ),
        (
            "'g': composition(('one', 'four'), lambda p, q: p & q)",
            "goal 'g' .* unknown subgoal 'four'; the task has 'one', 'two'",
        ),
        (
            "'g': lambda one: one, 'h': lambda one, two: (one, two)",
            "different numbers of outputs: {'g': 1, 'h': 2}",
        ),
    ],
)
def test_goals_that_no_schedule_could_follow_are_refused(tmp_path, goals, message):
    path = task_file(tmp_path, "'one': lambda i: i.a, 'two': lambda i: i.b", goals)
    with pytest.raises(EvomodError, match=message) as caught:
        prepare(Config(task=str(path)))
    assert "\n" not in str(caught.value)


def test_goals_made_in_a_loop_know_their_subgoals(tmp_path):
    path = task_file(
        tmp_path,
        "'one': lambda i: i.a, 'two': lambda i: i.b",
        "**{n: composition(('one', 'two'), f) for n, f in"
        " (('both', lambda p, q: p & q), ('any', lambda p, q: p | q))}, 'first': lambda one: one",
    )
    task = load_task(path)
    assert task.related("both") == {"any": 2, "first": 1}
    assert task.tables["both"].tolist() == [[False, False, False, True]]
    assert list(compositions(task, ("and", "xor"))) == ["one and two", "one xor two"]
