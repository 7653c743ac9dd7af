"""What the figures of causes share: their words, further tables of a study, and comparisons with the control.

Every further table has rows for single runs and is completed when runs were added. Seeds are fixed, so a table
comes out the same again.
"""

import numpy as np
from matplotlib.figure import Figure

from evomod.config import towards
from evomod.errors import EvomodError
from evomod.evolvability.transfers import descendants, fitness_course
from evomod.measures import decomposition, lesions, modularity, redundancy
from evomod.measures.report import q_beside_nulls
from evomod.plots.runs import COLOURS
from evomod.plots.studies import LINES, plot_dots, rows_of, runs_in_words, signs_of_dots
from evomod.statistics import FEWEST
from evomod.studies.definition import seed_of
from evomod.studies.engines import in_workers
from evomod.studies.tables import further_table
from evomod.trust import shipped_task_named

CONTROL, TRAINED = "control", "left-and-right"
SINGLES = (
    "connection-cost", "l1", "l2", "pruning", "dropout-10", "dropout-30", "goal-switching",
)  # fmt: skip
PAIRS = {
    "cost-switching": ("connection-cost", "goal-switching"),
    "cost-l1": ("connection-cost", "l1"),
    "cost-pruning": ("connection-cost", "pruning"),
    "cost-dropout": ("connection-cost", "dropout-10"),
    "l1-pruning": ("l1", "pruning"),
    "l1-dropout": ("l1", "dropout-10"),
    "l1-switching": ("l1", "goal-switching"),
    "pruning-dropout": ("pruning", "dropout-10"),
    "pruning-switching": ("pruning", "goal-switching"),
    "dropout-switching": ("dropout-10", "goal-switching"),
}
OTHERS = {
    "neither": "related\n(neither)",
    "left-and-mirrored": "partly related\n(left, mirrored right)",
    "both-mirrored": "unrelated\n(both mirrored)",
    "top-and-bottom": "unrelated, halves too\n(top, bottom)",
}
"""Goals that no treatment is ever rewarded for, with as many ones as the trained one."""

ROUND = 6
"""Places of fractions in tables."""


def treatment_of(study, name):
    """A treatment by its name."""
    return next(t for t in study.study.treatments if t.name == name)


def config_of(study, treatment):
    """The config of a treatment."""
    return treatment_of(study, treatment).config


def networks_of(study, keys):
    """The best networks of these runs, in their order."""
    found = {
        (treatment, network.about["replicate"]): network
        for treatment, networks in study.networks.items()
        for network in networks
    }
    return [found[key] for key in keys]


def about(key):
    """The first columns of every further table."""
    return {"treatment": key[0], "replicate": key[1]}


def stream(study, key, *more):
    """The seed of what is done with one run's network."""
    return np.random.SeedSequence(seed_of(study.study.seed, *key), spawn_key=more)


# ---- benefits

NEARLY = 0.95
"""The fitness that counts as nearly adapted: our choice."""
AFTER = (50, 200, 1000)


def cap(study):
    """Generations that an adaptation may take at most: a tenth of the evolution before it, our choice."""
    return config_of(study, CONTROL).evolution.generations // 10


def plain_config(study):
    """The control's config with no pressure left: everybody adapts by performance alone."""
    control = config_of(study, CONTROL)
    return control.model_copy(update={"tracking": type(control.tracking)(population_every=0)})


def adaptation(study, jobs=None, goals=tuple(OTHERS)):
    """Copies of every best network evolve on each of ``goals``, which were never trained (``adaptation.csv``).

    By performance alone, whatever the treatment was, so that only the networks differ. Fitness at the start and
    after some generations; generations to a fitness of 0.95 and to 1, empty where that takes more than the cap.
    """

    def make(keys):
        config, calls = plain_config(study), []
        for key, network in zip(keys, networks_of(study, keys), strict=True):
            for k, goal in enumerate(goals):
                calls.append((config, network, goal, stream(study, key, k), cap(study)))
        courses = iter(in_workers(fitness_course, calls, jobs))
        return [about(key) | adapted(goal, next(courses)) for key in keys for goal in goals]

    return further_table(study, "adaptation.csv", make)


def adapted(goal, course):
    """Columns of one adaptation, from the fitness of the best of every generation."""
    later = {f"after_{n}": round(float(course[min(n, course.size - 1)]), ROUND) for n in AFTER}
    first = {name: first_at(course, level) for name, level in (("nearly", NEARLY), ("solved", 1.0))}
    return {"goal": goal, "start": round(float(course[0]), ROUND)} | later | first


def first_at(course, level):
    """The first generation with that fitness, or nothing."""
    reached = np.flatnonzero(course >= level)
    return int(reached[0]) if reached.size else ""


def to_reach(study, table, column="nearly"):
    """Generations of an adaptation; one that was not reached counts as the cap."""
    values = table[column].astype(float)
    return np.where(np.isnan(values), cap(study), values)


MOMENTS = (0, 10, 30, 100, 300, 1000, 2000, 4000, 6000, 8000, 10_000)


def goals_by_generation(study):
    """Fitness of the best on every goal of the task at some generations of every run (``goals.csv``).

    Where goals switch the generation is the last of an epoch of the trained goal: the latest before, or the first.
    """

    def make(keys):
        return [row for key in keys for row in goal_rows(key, study.run(key))]

    return further_table(study, "goals.csv", make)


def goal_rows(key, run):
    """Rows of one run."""
    log, rows = run.log, []
    is_last = np.append(log["goal"][1:] != log["goal"][:-1], True)
    is_end = (log["goal"] == TRAINED) & (is_last if (log["goal"] != TRAINED).any() else True)
    ends = np.flatnonzero(is_end)
    for moment in MOMENTS:
        if moment < log["goal"].size:
            place = ends[max(int(np.searchsorted(ends, moment, side="right")) - 1, 0)]
            fitness = {goal: log[f"fitness:{goal}"][place] for goal in (TRAINED, *OTHERS)}
            rows.append(
                about(key)
                | {"moment": moment, "generation": int(place)}
                | {goal: round(float(value), ROUND) for goal, value in fitness.items()}
            )
    return rows


def times_to_solve(study):
    """The first generation in which the trained goal was solved (``times.csv``); empty where it never was."""

    def make(keys):
        return [about(key) | {"generations": first_solved(study.run(key))} for key in keys]

    return further_table(study, "times.csv", make)


def first_solved(run):
    """The first generation in which the best solved the trained goal, or nothing."""
    return first_at(run.log[f"fitness:{TRAINED}"], 1.0)


# ---- mechanism

LATER = (0, 20, 50, 100, 200, 500, 1000, 2000)


def later(study):
    """Generations after the pressure was lifted in which Q is measured: up to a fifth of the evolution before."""
    return [n for n in LATER if n <= config_of(study, CONTROL).evolution.generations // 5]


def before_and_after(study, column, treatment):
    """A column of `decay` at once and at the end, by run; runs whose network has no number at either are left out."""
    table, pair = decay(study), []
    for moment in (0, later(study)[-1]):
        rows = rows_of(table, treatment=treatment, later=moment)
        pair.append(rows[column][np.argsort(rows["replicate"])].astype(float))
    has = ~np.isnan(np.stack(pair)).any(axis=0)
    return [side[has] for side in pair]


def decay(study, jobs=None):
    """Copies of the best networks of single causes evolve on without any pressure (``decay.csv``).

    Q of the best at some generations, with its z beside rewired networks at the first and the last.
    """

    def make(keys):
        config = towards(plain_config(study), TRAINED, stop="generations")
        calls = [
            (config, network, stream(study, key, len(OTHERS)), later(study))
            for key, network in zip(keys, networks_of(study, keys), strict=True)
        ]
        found = in_workers(descendants, calls, jobs)
        return [
            about(key) | row
            for key, line in zip(keys, found, strict=True)
            for row in decay_rows(later(study), line)
        ]

    return without_empty(
        further_table(study, "decay.csv", make, (CONTROL, *SINGLES)), "connections", ("q",)
    )


def without_empty(table, size, columns):
    """The table, some of its columns NaN where the ``size`` is 0: what has no connection has no modules to measure."""
    has = table[size] > 0
    return type(table)(
        {k: np.where(has, v.astype(float), np.nan) if k in columns else v for k, v in table.items()},
        table.path,
    )


def decay_rows(numbers, line):
    """Rows of the descendants of one network."""
    for number, network in zip(numbers, line, strict=True):
        simple = network.simplified()
        q = modularity(simple).q if simple.source.size else np.nan
        is_end = number in (numbers[0], numbers[-1])
        z = q_beside_nulls(network, "clune2013")["q_z"] if is_end else np.nan
        yield {
            "later": number,
            "q": "" if np.isnan(q) else round(q, ROUND),
            "z": "" if np.isnan(z) else round(z, ROUND),
            "connections": int(simple.source.size),
        }


def matched(study, treatment, reach=2):
    """Pairs of a treatment's and the control's runs whose connections differ by at most ``reach``.

    The closest first, no run twice, none without connections. Returns rows of the summary, ``(treatment's,
    control's)``.
    """
    table = study.summary
    works = table["connections"] > 0
    mine, control = (
        np.flatnonzero(works & (table["treatment"] == name)) for name in (treatment, CONTROL)
    )
    gaps = np.abs(table["connections"][mine][:, None] - table["connections"][control][None])
    pairs: list[tuple[int, int]] = []
    for place in np.argsort(gaps, axis=None, kind="stable"):
        i, j = np.unravel_index(place, gaps.shape)
        if gaps[i, j] > reach:
            break
        if mine[i] not in [a for a, _ in pairs] and control[j] not in [b for _, b in pairs]:
            pairs.append((int(mine[i]), int(control[j])))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


# ---- dropout


def modules_do(study):
    """What the modules of every best network do (``modules.csv``): of subgoals, and of single neurons."""

    def make(keys):
        tasks = {t.name: shipped_task_named(t.task_name) for t in study.study.treatments}
        if None in tasks.values():
            raise EvomodError(f"the task of {study.folder} is none of those that come with evomod.")
        return [
            about(key) | module_row(network, tasks[key[0]])
            for key, network in zip(keys, networks_of(study, keys), strict=True)
        ]

    table = further_table(study, "modules.csv", make)
    return without_empty(table, "hidden", ("redundancy", "specialisation", "copies", "harm"))


def module_row(network, task):
    """Columns of one network: means over the goal's subgoals, over modules whose silence matters, over hidden neurons.

    ``subgoals``: patterns on which the best neuron tells a subgoal; what another goal could be made of.
    """
    goal = next(iter(task.goals))
    found, parts = redundancy(network, task, goal=goal), decomposition(network, task, goal)
    harm = lesions(network, task).node_goals[:, list(task.goals).index(goal)]
    simple = network.simplified()
    working = np.unique(np.concatenate((simple.source, simple.target)))
    hidden = np.setdiff1d(working, np.concatenate((network.inputs, network.outputs)))
    matters = found.drop.max(axis=1, initial=0.0) > 0.0
    mean = {
        "subgoals": parts.best.mean(),
        "redundancy": found.redundancy.mean(),
        "specialisation": found.specialisation[matters].mean() if matters.any() else np.nan,
        "copies": np.maximum(found.alone, 0.0).sum(axis=0).mean(),
        "harm": harm[hidden].mean() if hidden.size else np.nan,
    }
    told = {name: "" if np.isnan(v) else round(float(v), ROUND) for name, v in mean.items()}
    return told | {"hidden": int(hidden.size)}


# ---- comparisons


def ranks_within(values, names):
    """Ranks of values within their treatments, from -0.5 to 0.5, so that treatments do not differ; ties share."""
    ranks = np.full(values.size, np.nan)
    for name in np.unique(names):
        mine = (names == name) & ~np.isnan(values)
        below = (values[mine][:, None] > values[mine][None]).sum(axis=1)
        equal = (values[mine][:, None] == values[mine][None]).sum(axis=1)
        ranks[mine] = (below + 0.5 * equal) / max(mine.sum(), 1) - 0.5
    return ranks


def values(table, column, treatment, **where):
    """Numbers of a column for a treatment; an empty one is left out."""
    found = rows_of(table, treatment=treatment, **where)[column].astype(float)
    return found[~np.isnan(found)]


def measured(study, column, treatment):
    """Numbers of a treatment's best networks that have connections: without any there are no modules to measure.

    ``"q_excess"`` is Q less the mean Q of rewired networks, unlike z it does not grow with the network;
    ``"q_excess_layered"`` likewise of networks rewired within layers.
    """
    rows = rows_of(study.summary, treatment=treatment)
    nulls = {"q_excess": "q_rand", "q_excess_layered": "q_rand_layered"}
    found = rows["q_score"] - rows[nulls[column]] if column in nulls else rows[column]
    found = found.astype(float)[rows["connections"] > 0]
    return found[~np.isnan(found)]


def interaction(ab, a, b, control, seed=1, resamples=10_000):
    """Mean of a pair less what the means of its causes add up to, with a bootstrapped 95 % interval.

    Means, for they add up; the control's Q has two peaks, and its median jumps from one to the other.
    """
    rng = np.random.default_rng(seed)
    groups = [np.asarray(g, float) for g in (ab, a, b, control)]
    if min(map(len, groups)) == 0:
        return np.nan, np.nan, np.nan
    draws = [rng.choice(g, (resamples, g.size)).mean(axis=1) for g in groups]
    low, high = np.quantile(draws[0] - draws[1] - draws[2] + draws[3], (0.025, 0.975))
    middle = [g.mean() for g in groups]
    return middle[0] - middle[1] - middle[2] + middle[3], low, high


def at_equal_connections(study, column, seed=1, resamples=2000):
    """``(less the control's, low, high)`` by treatment: means of a column at the same number of connections.

    By least squares with one slope on connections for all treatments, bootstrapped within treatments; low and
    high are NaN where fewer than six networks have a number.
    """
    rows = rows_of(study.summary)
    numbers = rows[column].astype(float)
    names = [name for name in study.treatments if name != CONTROL]
    places = {
        name: np.flatnonzero(
            (rows["treatment"] == name) & (rows["connections"] > 0) & ~np.isnan(numbers)
        )
        for name in (CONTROL, *names)
    }

    def fitted(chosen):
        picked = np.concatenate(list(chosen.values()))
        is_of = [np.isin(rows["treatment"][picked], name).astype(float) for name in names]
        table = np.stack(
            [np.ones(picked.size), rows["connections"][picked].astype(float), *is_of], axis=1
        )
        return np.linalg.lstsq(table, numbers[picked], rcond=None)[0][2:]

    rng = np.random.default_rng(seed)
    draws = [
        fitted({name: rng.choice(mine, mine.size) for name, mine in places.items() if mine.size})
        for _ in range(resamples)
    ]
    bounds = np.quantile(draws, (0.025, 0.975), axis=0)
    is_few = np.array([min(places[name].size, places[CONTROL].size) < FEWEST for name in names])
    bounds[:, is_few] = np.nan
    return dict(zip(names, zip(fitted(places), *bounds, strict=True), strict=True))


# ---- drawing


def values_of(groups, column):
    """Numbers of the control, the first of the groups."""
    found = next(iter(groups.values()))[column].astype(float)
    return found[~np.isnan(found)]


def mark_control(panels, controls):
    """A line through the median of the control in every panel."""
    for axes, control in zip(panels, controls, strict=True):
        if control.size:
            axes.axvline(np.median(control), color="0.6", lw=0.8, zorder=0)


def plot_singles(axes, study, table, x, y):
    """Medians of a column ``y`` over runs by column ``x``, a line for the control and each single cause."""
    for k, name in enumerate((CONTROL, *SINGLES)):
        rows = rows_of(table, treatment=name)
        places = np.unique(rows[x])
        groups = [values(table, y, name, **{x: place}) for place in places]
        medians = [np.median(group) if group.size else np.nan for group in groups]
        style = {"color": COLOURS[k % len(COLOURS)], "ls": LINES[k % len(LINES)], "lw": 1.2}
        axes.plot(places, medians, label=study.labels[name], **style)


def draw_dots(study, panels, numbers):
    """Six panels, ``panels`` their labels by column; every dot is a run, ``numbers(column, treatment)`` where."""
    here = [name for name in study.treatments if (study.summary["treatment"] == name).any()]
    figure = Figure(figsize=(9.6, 4.4), layout="constrained")
    for axes, (column, label) in zip(figure.subplots(2, 3, sharey=True).ravel(), panels.items(), strict=True):  # fmt: skip
        plot_dots(axes, [numbers(column, name) for name in here], [study.labels[name] for name in here])
        axes.set_xlabel(label, fontsize=8)
    runs = [rows_of(study.summary, treatment=name)["treatment"] for name in here]
    signs = signs_of_dots([len(group) for group in runs])
    figure.legend(handles=signs, loc="outside upper center", ncols=len(signs), title=runs_in_words(runs))
    return figure
