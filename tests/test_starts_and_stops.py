"""Where a run begins, when it ends, and which patterns it is shown."""

import signal
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st

import evomod
from evomod.errors import EvomodError
from evomod.evolution.loop import rewarded
from evomod.runs.run import resume, run
from evomod.task import all_patterns, unpack

A, B, C = "xor-and-xor", "xor-or-xor", "eq-and-xor"
SAME = ("log.csv", "population.csv", "best.json", "config.toml", "task.py", "checkpoint.npz")

EASY = """
from evomod.task import Task
TASK = Task(
    name="easy",
    inputs=("x", "y"),
    subgoals={"nand": lambda i: ~(i.x & i.y), "copy": lambda i: i.x},
    goals={"nand": lambda nand: nand, "x": lambda copy: copy},
    encoding="circuit",
)
"""


@pytest.fixture
def easy(tmp_path):
    """A task that a circuit of one gate solves within a few generations."""
    path = tmp_path / "easy.py"
    path.write_text(EASY)
    return str(path)


def contents(folder, names=SAME):
    return {name: (Path(folder) / name).read_bytes() for name in names}


def interrupted_at(generation, config, seed, folder, go_on=None):
    """A run (new, or gone on with) that receives Ctrl-C in a generation."""
    from evomod.runs import tracking

    true, raised = tracking.Tracker.row, []

    def row(self, current):
        if current.number == generation and not raised:
            raised.append(True)
            signal.raise_signal(signal.SIGINT)
        return true(self, current)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracking.Tracker, "row", row)
        with pytest.raises(evomod.Interrupted):
            go_on(folder) if go_on else run(config, seed, folder)


# When a run ends: generations whose circuits are written down


def xor(first, one, other):
    """Four NAND gates from gate ``first`` on; the last is one XOR other (inputs are 0 to 3)."""
    g = 4 + first
    return [(one, other), (one, g), (other, g), (g + 1, g + 2)]


def genome(gates, output):
    """Twelve gates, those left over fed by input 0."""
    padded = [*gates, *[(0, 0)] * (12 - len(gates))]
    return np.array([gene for a, b in padded for gene in (a, b, 0)] + [output], np.int8)


XY_ZW = [*xor(0, 0, 1), *xor(4, 2, 3)]  # gates 4 to 11: x XOR y is gate 7, z XOR w is gate 11
CIRCUITS = {
    A: genome([*XY_ZW, (7, 11), (12, 12)], 13),
    B: genome([*XY_ZW, (7, 7), (11, 11), (12, 13)], 14),
    C: genome([*XY_ZW, (7, 7), (12, 11), (13, 13)], 14),
    "": genome([], 1),  # says y: right in 8 of 16 for A, B and C
    "x": genome([], 0),  # right in 12 of 16 for the neighbour without modules
}


def scripted(script, goals=(A, B), **evolution):
    """Generations in which everybody is the circuit for a goal, or "" for none, as a script says."""
    kind = {"kind": "modular"} if len(goals) > 1 else {}
    config = evomod.Config(
        task="circuit",
        network={"encoding": "circuit", "penalty": 0.0},
        selection={"method": "roulette"},
        schedule={"goals": list(goals), "period": 2, **kind},
        evolution={"population": 4, "generations": 1000} | evolution,
    )
    setup, wanted = evomod.prepare(config), iter([*script[1:], *script[-1:] * 1000])

    def vary(genomes, parents, rng):
        return np.tile(CIRCUITS[next(wanted)], (parents.size, 1))

    setup.toolbox.register("vary", vary)
    start = np.tile(CIRCUITS[script[0]], (4, 1))
    return evomod.evolve(config, seed=1, setup=setup, start=start)


def test_the_circuits_of_the_script_solve_what_they_say():
    for said in (A, B, C, ""):
        (generation,) = scripted([said], generations=0)
        assert [goal for goal in (A, B, C) if generation.fitness_on(goal)[0] == 1.0] == [said] * (
            said != ""
        )


def last(generations):
    *_, generation = generations
    return generation.number


# Goals of the generations, of period 2: A A A B B A A B B A A; with three: A A A B B C C A A B B C C

STOPS = {
    "number": (["", A], (A, B), "generations", 7, 7),
    "none wanted": ([A], (A, B), "generations", 0, 0),
    "at once": ([A], (A, B), "solved", 50, 0),
    "later": (["", "", A], (A, B), "solved", 50, 2),
    "the other goal does not count": (["", B, B, B], (A, B), "solved", 50, 3),
    "not in time": (["", "", "", "", "", ""], (A, B), "solved", 5, 5),
    "both in a row": ([A, "", "", "", B], (A, B), "all-solved", 50, 4),
    "both at once": ([A, A, A, B], (A, B), "all-solved", 50, 3),
    "one epoch between": ([A, "", "", "", "", "", "", B, "", A], (A, B), "all-solved", 50, 9),
    "the second first": (["", "", "", B, "", "", A], (A, B), "all-solved", 50, 6),
    "one goal is not all": ([A] * 12, (A, B), "all-solved", 11, 11),
    "three": ([A, "", "", B, "", C], (A, B, C), "all-solved", 50, 5),
    "two of three": ([A, "", "", B, "", "", "", A, "", B, "", C], (A, B, C), "all-solved", 50, 11),
    "a gap": ([A, "", "", "", "", C, "", A, "", B], (A, B, C), "all-solved", 50, 9),
    "one that comes twice": ([B, "", "", A, "", C], (B, A, C, A), "all-solved", 50, 5),
}


@pytest.mark.parametrize("case", STOPS)
def test_where_a_run_ends_by_hand(case):
    script, goals, stop, most, expected = STOPS[case]
    assert last(scripted(script, goals, stop=stop, generations=most)) == expected


def ends_at(script, goals, period, most):
    """Kashtan and Alon's rule, literally: each goal within a stretch of successive epochs, all solved."""
    for number in range(most):
        solved = {max(number - 1, 0) // period: False}
        for k in range(number + 1):
            epoch = max(k - 1, 0) // period
            solved[epoch] = solved.get(epoch, False) or script[k] == goals[epoch % len(goals)]
        epoch, stretch = max(number - 1, 0) // period, set()
        is_now = script[number] == goals[epoch % len(goals)]
        while epoch >= 0 and solved[epoch]:
            stretch.add(goals[epoch % len(goals)])
            epoch -= 1
        if is_now and stretch == set(goals):
            return number
    return most


@settings(max_examples=size(50, 15), deadline=None)
@given(
    goals=st.sampled_from([(A, B), (A, B, C), (A, C, B, C)]),
    script=st.lists(st.sampled_from(["", A, A, B, B, C, C]), min_size=25, max_size=25),
)
def test_all_goals_in_successive_epochs_by_the_rule(goals, script):
    found = last(scripted([*script, ""], goals, stop="all-solved", generations=25))
    assert found == ends_at(script, goals, 2, 25)


def test_most_of_the_answers_solve_where_that_is_enough():
    for threshold, expected in ((0.5, 0), (0.75, 3), (0.76, 9), (1.0, 9)):
        found = scripted(
            ["", "", "", "x"],
            ["non-modular-neighbour"],
            solved_at=threshold,
            stop="solved",
            generations=9,
        )
        assert last(found) == expected


def test_a_run_that_never_ends_goes_on_after_it_solved():
    found = [g.number for g in islice(scripted([A, A], stop="never", generations=2), 30)]
    assert found == list(range(30))


def test_which_goals_are_solved_is_told():
    script = [A, "", "", B, "", "", "", B]
    found = [generation.solved_goals for generation in scripted(script, (A, B, C), generations=7)]
    assert found == [(A,), (A,), (A,), (A, B), (A, B), (A, B), (A, B), ()]


# Runs that end early


def test_a_solved_run_stops_and_resuming_it_returns_the_same(tmp_path, easy):
    config = evomod.Config(
        task=easy,
        network={"encoding": "circuit", "gates": 2},
        evolution={"population": 20, "generations": 500, "stop": "solved"},
    )
    result = run(config, 1, tmp_path / "a")
    log = result.log
    assert log["solved"].tolist() == [0] * (log["solved"].size - 1) + [1] and log["solved"].size < 500
    before = contents(result.folder)
    assert resume(result.folder).is_complete and contents(result.folder) == before
    resume(result.folder, ["evolution.generations=900"], trust=True)
    tables = SAME[:3]
    assert contents(result.folder, tables) == {name: before[name] for name in tables}
    assert (result.best.answer(all_patterns(2))[:, 0] > 0).tolist() == [True, True, True, False]


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_a_run_until_all_is_solved_ends_the_same_over_an_interruption(tmp_path, part):
    config = evomod.Config(
        task="circuit",
        network={"encoding": "circuit", "penalty": 0.0},
        schedule={"kind": "modular", "goals": [A, C], "period": 3},
        evolution={"population": 30, "generations": 300, "stop": "all-solved", "solved_at": 0.75},
    )
    whole = run(config, 5, tmp_path / "whole")
    log = whole.log
    reached = int(log["generation"][-1])
    assert 3 < reached < 300 and log["solved"][-1] == 1
    interrupted_at(int(part * reached), config, 5, tmp_path / "cut")
    assert not (tmp_path / "cut" / "complete").exists()
    assert resume(tmp_path / "cut").is_complete
    assert contents(tmp_path / "cut") == contents(whole.folder)


def test_what_was_solved_is_remembered_over_an_interruption(tmp_path, easy):
    """The first goal is solved before the interruption, the second right after it."""
    config = evomod.Config(
        task=easy,
        network={"encoding": "circuit", "gates": 2},
        schedule={"kind": "modular", "goals": ["nand", "x"], "period": 20},
        evolution={"population": 30, "generations": 200, "stop": "all-solved"},
    )
    whole = run(config, 1, tmp_path / "whole")
    assert 20 < whole.log["generation"][-1] < 40
    interrupted_at(20, config, 1, tmp_path / "cut")
    resume(tmp_path / "cut", trust=True)
    assert contents(tmp_path / "cut") == contents(whole.folder)


# Where a run begins

ENCODINGS = {
    "circuit": {"task": "circuit"},
    "ternary": {"task": "circuit", "network": {"encoding": "circuit", "feedback": "ternary"}},
    "gate-layers": {"task": "circuit", "network": {"encoding": "gate-layers"}},
    "threshold": {"task": "retina", "network": {"encoding": "threshold"}},
    "layered": {"task": "retina"},
    "layered-real": {"task": "retina", "network": {"encoding": "layered-real"}},
}


def config_of(encoding="circuit", population=12, generations=3, start="random", **more):
    evolution = {"population": population, "generations": generations, "start": str(start)}
    return evomod.Config(evolution=evolution, **{**ENCODINGS[encoding], **more})


def first_of(config, seed=1):
    return next(evomod.evolve(config, seed))


def sorted_rows(genomes):
    return sorted(genome.tobytes() for genome in genomes)


def saved(folder):
    with np.load(Path(folder) / "checkpoint.npz") as data:
        return data["genomes"]


def test_a_random_beginning_depends_on_the_seed():
    one, same, other = (first_of(config_of(), seed).population.genomes for seed in (1, 1, 2))
    assert (one == same).all() and (one != other).any() and len(set(sorted_rows(one))) > 1


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_network_is_cloned(tmp_path, encoding):
    source = run(config_of(encoding), 1, tmp_path / "a")
    clones = first_of(config_of(encoding, population=7, start=source.folder / "best.json"))
    genomes = clones.population.genomes
    assert clones.number == 0 and genomes.shape[0] == 7
    assert (genomes == genomes[0]).all()
    patterns = all_patterns(len(clones.setup.task.inputs))
    assert (clones.best.answer(patterns) == source.best.answer(patterns)).all()
    for name in ("source", "target", "weight", "bias", "outputs"):
        assert (getattr(clones.best, name) == getattr(source.best, name)).all()
    assert clones.fitness.tolist() == [source.log["best_fitness"][-1]] * 7


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", ["folder", "checkpoint"])
def test_a_saved_population_goes_on(tmp_path, encoding, kind):
    source = run(config_of(encoding), 1, tmp_path / "a").folder
    start = source if kind == "folder" else source / "checkpoint.npz"
    first = first_of(config_of(encoding, start=start), seed=5)
    assert first.number == 0 and first.since_switch == 0
    assert sorted_rows(first.population.genomes) == sorted_rows(saved(source))
    assert len(set(sorted_rows(first.population.genomes))) > 1


def test_a_population_goes_on_under_another_goal(tmp_path):
    source = run(config_of(), 1, tmp_path / "a").folder
    first = first_of(config_of(start=source, schedule={"goals": ["non-modular-neighbour"]}))
    assert (first.population.genomes == saved(source)).all()
    assert first.goal == "non-modular-neighbour"
    assert (first.fitness == first.fitness_on("non-modular-neighbour")).all()


def test_genomes_can_be_given_by_hand():
    genomes = first_of(config_of(), seed=4).population.genomes
    first = next(evomod.evolve(config_of(), seed=1, start=genomes))
    assert (first.population.genomes == genomes).all() and first.number == 0


@pytest.mark.parametrize("name", ["best.json", "checkpoint.npz", "."])
def test_a_run_resumes_without_a_checkpoint_and_without_what_it_began_with(tmp_path, name):
    source = run(config_of(), 1, tmp_path / "a").folder
    config = config_of(start=source / name, generations=6)
    whole = contents(run(config, 3, tmp_path / "whole").folder)
    cut = run(config, 3, tmp_path / "cut").folder
    for lost in ("checkpoint.npz", "complete", "best.json"):
        (cut / lost).unlink()
    source.rename(tmp_path / "elsewhere")
    resume(cut)
    assert contents(cut) == whole


@pytest.mark.parametrize("at", [0, 4])
def test_a_run_that_began_with_a_population_resumes_to_the_same_bytes(tmp_path, at):
    source = run(config_of("gate-layers"), 1, tmp_path / "a").folder
    config = config_of("gate-layers", start=source, generations=6)
    whole = run(config, 3, tmp_path / "whole")
    interrupted_at(at, config, 3, tmp_path / "cut")
    run(config_of("gate-layers", generations=9), 2, tmp_path / "other")  # the source is another now
    (source / "checkpoint.npz").write_bytes((tmp_path / "other" / "checkpoint.npz").read_bytes())
    assert resume(tmp_path / "cut").is_complete
    assert contents(tmp_path / "cut") == contents(whole.folder)


@pytest.mark.parametrize("entry", ["evolve", "run"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("missing", "evolution.start: there is no .*nowhere.json; wanted 'random', a run's folder"),
        ("empty folder", "evolution.start: there is no .*checkpoint.npz"),
        ("more", "holds 12 individuals and evolution.population is 13; set evolution.population=12"),
        ("gates", "evolved with network.gates = 12; this config has 10"),
        ("inputs", "evolved with network.encoding = 'circuit'; this config has 'threshold'"),
        ("real", "evolved with network.encoding = 'circuit'; this config has 'layered-real'"),
        ("other genes", r"shape \(12, 37\) and type int8; .* with 31 genes of type int8"),
        ("other numbers", r"shape \(12, 37\) and type float64; .* with 37 genes of type int8"),
        ("one number", r"shape \(\) and type int64"),
        ("one array", "checkpoint.npz holds no population"),
        ("torn", "checkpoint.npz holds no population"),
        ("network of other size", "the network has 4 inputs and 12 neurons or gates; .* have 4 and 10"),
        (
            "network of other layers",
            r"the network's layers are \[.*\]; this config's are \[8, 8, 4, 2, 1\]",
        ),
        ("nothing", "checkpoint.npz holds no population"),
        ("nonsense", "checkpoint.npz holds no population"),
        ("other arrays", "checkpoint.npz holds no population"),
        ("alphabet", "leaves this config's alphabets"),
        ("no json", "cannot be read as JSON"),
        ("other json", "is no network of evomod"),
        ("half a json", "is damaged"),
    ],
)
def test_what_a_run_cannot_begin_with_is_told_in_one_sentence(tmp_path, entry, spoil, message):
    source = run(config_of(), 1, tmp_path / "a").folder
    path, best = source / "checkpoint.npz", source / "best.json"
    config = config_of(start=path)
    ten = {"network": {"encoding": "circuit", "gates": 10}}
    if spoil == "missing":
        config = config_of(start=tmp_path / "nowhere.json")
    elif spoil == "empty folder":
        (tmp_path / "empty").mkdir()
        config = config_of(start=tmp_path / "empty")
    elif spoil == "more":
        config = config_of(start=path, population=13)
    elif spoil == "gates":
        config = config_of(start=path, **ten)
    elif spoil == "inputs":
        config = config_of("threshold", start=path)
    elif spoil == "real":
        config = config_of("layered-real", start=path)
    elif spoil == "network of other size":
        config = config_of(start=best, **ten)
    elif spoil == "network of other layers":
        config = config_of("layered", start=best)
    elif spoil == "nothing":
        path.write_bytes(b"")
    elif spoil == "nonsense":
        path.write_bytes(b"nonsense" * 50)
    elif spoil == "other arrays":
        np.savez(path, something=np.zeros(3))
    elif spoil == "other genes":
        (source / "config.toml").unlink()
        config = config_of(start=path, **ten)
    elif spoil == "other numbers":
        np.savez(path, genomes=saved(source).astype(float))
    elif spoil == "one number":
        np.savez(path, genomes=np.array(3))
    elif spoil == "one array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif spoil == "torn":
        path.write_bytes(path.read_bytes()[:-200])
    elif spoil == "alphabet":
        genomes = saved(source).copy()
        genomes[3, 0] = 100
        np.savez(path, genomes=genomes)
    elif spoil == "no json":
        best.write_text("{")
        config = config_of(start=best)
    elif spoil == "other json":
        best.write_text("{}")
        config = config_of(start=best)
    else:
        best.write_text('{"format": "evomod network 1"}')
        config = config_of(start=best)
    with pytest.raises(EvomodError, match=message) as caught:
        first_of(config) if entry == "evolve" else run(config, 1, tmp_path / "x")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("genomes", "message"),
    [
        (np.zeros((12, 5), np.int8), "start holds an array of shape"),
        (np.full((12, 37), 100, np.int8), "start holds a genome that leaves"),
        (np.zeros((3, 37), np.int8), "start holds 3 individuals and evolution.population is 12"),
    ],
)
def test_genomes_by_hand_that_kernels_must_not_see_are_refused(genomes, message):
    with pytest.raises(EvomodError, match=message):
        next(evomod.evolve(config_of(), seed=1, start=genomes))


def test_a_shorter_evolution_is_gone_on_with_by_a_longer_config():
    rng = np.random.default_rng(1)
    *_, last_one = evomod.evolve(config_of(generations=4), rng)
    more = evomod.evolve(config_of(generations=6), rng, start=last_one)
    assert [generation.number for generation in more] == [5, 6]


def test_a_run_without_end_is_gone_on_with_beyond_its_generations(tmp_path):
    ends = {"population": 12, "generations": 4, "stop": "never"}
    config = evomod.Config(task="circuit", evolution=ends)
    interrupted_at(8, config, 1, tmp_path / "x")
    interrupted_at(11, config, 1, tmp_path / "x", resume)
    assert evomod.load_run(tmp_path / "x").log["generation"].tolist() == list(range(12))


@pytest.mark.parametrize("goal", [None, "eq-or-eq"])
def test_a_random_walk_begins_with_the_goal_and_resumes(tmp_path, goal):
    task = {"name": "circuit"} | ({} if goal is None else {"goal": goal})
    config = evomod.Config(
        task=task,
        schedule={"kind": "random-walk", "period": 2},
        evolution={"population": 12, "generations": 9},
    )
    whole = run(config, 1, tmp_path / "whole")
    assert whole.log["goal"][0] == (goal or "xor-and-xor")
    interrupted_at(5, config, 1, tmp_path / "cut")
    resume(tmp_path / "cut")
    assert contents(tmp_path / "cut") == contents(whole.folder)


def test_in_a_neutral_epoch_no_objective_counts():
    """A cost of connections would else delete all of them while no goal holds it back."""
    config = evomod.Config(
        task="retina",
        schedule={"kind": "neutral", "period": 30},
        pressures={"connection-cost": {}},
        evolution={"population": 60, "generations": 60},
    )
    found = {g.number: g for g in evomod.evolve(config, seed=1) if g.number in (30, 60)}
    assert found[60].goal == "neutral" and not found[60].objectives.any()
    assert (
        found[60].population.measured["connection-cost"].mean()
        > 0.3 * found[30].population.measured["connection-cost"].mean()
    )


def test_an_operator_that_answers_in_the_old_way_is_refused():
    setup = evomod.prepare(config_of())
    setup.toolbox.register("answer", lambda genomes, ancestors, slots, memory: (genomes, genomes))
    with pytest.raises(EvomodError, match="wanted None"):
        next(evomod.evolve(setup.config, seed=1, setup=setup))


# Which patterns are shown


def goals_shown(number, task="retina", seed=1, **section):
    setup = evomod.prepare(evomod.Config(task={"name": task, **section}))
    goals = list(islice(rewarded(setup, np.random.default_rng(seed)), number))
    n = setup.task.n_patterns
    return goals, [unpack((goal.wanted | goal.unwanted)[0], n) for goal in goals]


def test_all_patterns_are_shown_unless_fewer_are_asked_for():
    for section in ({}, {"patterns": 256}, {"patterns": 256, "resample": True}):
        goals, seen = goals_shown(4, **section)
        assert all(goal.n_answers == 256 for goal in goals) and all(mask.all() for mask in seen)


def test_patterns_are_drawn_once():
    goals, seen = goals_shown(50, patterns=100)
    assert all(goal.n_answers == 100 for goal in goals)
    assert seen[0].sum() == 100 and all((mask == seen[0]).all() for mask in seen)
    assert (goals_shown(1, patterns=100, seed=2)[1][0] != seen[0]).any()


def test_patterns_stay_when_the_goal_switches():
    config = evomod.Config(
        task={"name": "retina", "patterns": 100},
        schedule={"kind": "modular", "goals": ["left-and-right", "left-or-right"], "period": 2},
    )
    goals = list(islice(rewarded(evomod.prepare(config), np.random.default_rng(1)), 12))
    masks = [goal.wanted | goal.unwanted for goal in goals]
    assert len({goal.wanted.tobytes() for goal in goals}) == 2
    assert all((mask == masks[0]).all() for mask in masks)


def test_patterns_are_drawn_anew_in_every_generation():
    goals, seen = goals_shown(size(600, 200), patterns=100, resample=True)
    assert all(goal.n_answers == 100 for goal in goals) and all(mask.sum() == 100 for mask in seen)
    assert all((one != other).any() for one, other in pairwise(seen))
    counts, n = np.sum(seen, axis=0), len(seen)
    chance = 100 / 256
    assert (np.abs(counts - n * chance) <= 5 * np.sqrt(n * chance * (1 - chance))).all()


def test_a_pattern_counts_once_for_every_output():
    goals, _ = goals_shown(3, task="circuit-three-outputs", patterns=10)
    for goal in goals:
        seen = goal.wanted | goal.unwanted
        assert goal.n_answers == 30 and np.bitwise_count(seen).sum() == 30
        assert (seen == seen[0]).all()


@pytest.mark.parametrize("method", ["elite", "nsga2"])
@pytest.mark.parametrize("resample", [False, True])
def test_fitness_counts_the_shown_patterns_only(method, resample):
    config = evomod.Config(
        task={"name": "retina", "patterns": 60, "resample": resample},
        network={"encoding": "threshold", "penalty": 0.0},
        selection={"method": method},
        schedule={"kind": "modular", "goals": ["left-or-right", "left-and-right"], "period": 3},
        evolution={"population": 20, "generations": 8},
    )
    setup, differs = evomod.prepare(config), 0
    goals = rewarded(setup, np.random.default_rng(3))
    for generation, goal in zip(evomod.evolve(config, 3, setup=setup), goals, strict=False):
        mask = unpack((goal.wanted | goal.unwanted)[0], 256)
        assert mask.sum() == 60 and generation.goal == goal.name
        table = setup.task.tables[generation.goal][0]
        answers = unpack(generation.population.yes[:, 0], 256)
        expected = (answers == table)[:, mask].sum(axis=1) / 60
        assert (generation.fitness == expected).all()
        assert (generation.objectives[:, 0] == expected).all()
        whole = (answers == table).sum(axis=1) / 256
        assert (generation.fitness_on(generation.goal) == whole).all()
        differs += (expected != whole).any()
    assert differs > 4


def test_the_log_holds_both_the_shown_and_all_patterns(tmp_path):
    config = evomod.Config(
        task={"name": "circuit", "patterns": 5}, evolution={"population": 20, "generations": 10}
    )
    log = evomod.run(config, 1, tmp_path / "x").log
    assert (log["best_fitness"] * 5 % 1 == 0).all()
    assert (log["best_fitness"] != log[f"fitness:{A}"]).any()


def test_a_generation_of_another_config_is_refused():
    *_, last_one = evomod.evolve(config_of(), seed=1)
    other = evomod.prepare(config_of("gate-layers"))
    with pytest.raises(EvomodError, match="a generation of another config"):
        next(evomod.evolve(other.config, seed=1, setup=other, start=last_one))


def test_parents_that_recombine_are_in_random_order():
    """Sorted, as layered networks have them, neighbours would be the same individual again and again."""
    config = evomod.Config(
        task="circuit",
        selection={"method": "nsga2"},
        evolution={"population": 200, "generations": 1},
    )
    setup = evomod.prepare(config)
    parents = setup.toolbox.parents(np.zeros((200, 1)), np.zeros(200), np.random.default_rng(1))
    assert (np.diff(parents) < 0).any() and (parents[::2] == parents[1::2]).mean() < 0.1


def test_a_neutral_population_is_written_in_few_rows():
    from evomod.runs.tracking import population_rows

    config = config_of(population=100, generations=4, schedule={"kind": "neutral", "period": 2})
    *_, last_one = evomod.evolve(config, seed=1)
    rows = population_rows(last_one)
    assert last_one.goal == "neutral" and len(rows) < 100 and sum(row[-1] for row in rows) == 100
    assert all(np.isnan(row[1]) for row in rows)


def test_goals_of_the_command_line_keep_the_period_of_a_config(tmp_path, capsys):
    from evomod.cli.parser import main

    (tmp_path / "c.toml").write_text(
        '[task]\nname = "circuit"\n[schedule]\nkind = "modular"\ngoals = ["eq-and-eq", "eq-or-eq"]\nperiod = 50\n'
    )
    asked = ["evolve", str(tmp_path / "c.toml"), "--goals", "xor-and-xor,xor-or-xor", "--show-config"]
    assert main(asked) == 0
    assert "period = 50" in capsys.readouterr().out
