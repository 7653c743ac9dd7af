"""Write the tables of SUPPLEMENT.md anew, from the studies and tables of this folder: each in the place of the one with the same header.

    python scripts/causes/report.py

Medians with bootstrapped 95 % intervals; beside each the rank-sum test against the control (or no dropout) and
Cliff's delta, with Holm's correction for all treatments of a column in brackets. Only networks with connections
have a Q. The tables of the figures must have been written: `evomod figure causes` and its three sisters.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from evomod.effects import delta
from evomod.errors import EvomodError
from evomod.papers.claim_texts import interval_of
from evomod.papers.scripts import find_study
from evomod.plots.studies import masked, rows_of
from evomod.scripts.benefits import blocked
from evomod.scripts.causes import claims, derived, gradient, specialisation
from evomod.statistics import FEWEST, holm, rank_correlation, rank_sum, signed_rank

HERE = Path(__file__).parent
TEXT = HERE / "SUPPLEMENT.md"

MEASURES = {
    "q_score": "Q",
    "q_z": "z of Q",
    "q_excess": "Q less that of rewired",
    "q_m": "Q_m",
}
"""Raw, in standard deviations of rewired networks, and two that do not grow with the network."""
LAYERED = {"q_z_layered": "z within layers", "q_excess_layered": "Q less that of rewired within layers"}
"""Beside networks that are rewired within pairs of layers, so that they are layered too."""


# ---- cells


def table(header, rows):
    """Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def interval(values, n=None):
    """Median [interval], and of how many networks where that is not ``n``; of few the range is no interval."""
    if not len(values):
        return "none"
    ci = interval_of(values)
    middle, low, high = (
        f"{n:.0f}" if abs(n) >= 100 else f"{n:.3g}" for n in (ci.median, ci.low, ci.high)
    )
    told = f"{middle} [{low}, {high}]" if ci.n >= FEWEST else middle
    return told if n in (None, ci.n) else f"{told}, n = {ci.n}"


def against(groups, reference):
    """Cliff's delta and p of every group against the reference; in brackets p by Holm over all of them."""
    tests = {
        name: rank_sum(group, reference)
        for name, group in groups.items()
        if len(group) and len(reference) and group is not reference
    }
    adjusted = dict(zip(tests, holm([test.p for test in tests.values()]), strict=True))
    return {
        name: f"{tests[name].cliffs_delta:+.2f}, p = {tests[name].p:.2g} ({adjusted[name]:.2g})"
        if name in tests
        else "-"
        for name in groups
    }


def compared(study, columns):
    """Rows by treatment: for every column ``{treatment: values}`` the median, and the test against the first."""
    first = next(iter(study.treatments))
    tests = [against(groups, groups[first]) for groups in columns]
    rows = []
    for name in study.treatments:
        cells = [study.labels[name], np.count_nonzero(study.summary["treatment"] == name)]
        for groups, found in zip(columns, tests, strict=True):
            cells += [interval(groups[name], cells[1]), found[name]]
        rows.append(cells)
    return rows


def with_tests(names):
    """Headings of columns with their tests."""
    return [heading for name in names for heading in (name, "delta, p (Holm)")]


def by_treatment(study, column, of=None):
    """Numbers by treatment, of the summary's networks with connections or of another table."""
    if of is None:
        return {name: derived.measured(study, column, name) for name in study.treatments}
    return {name: derived.values(of, column, name) for name in study.treatments}


# ---- the causes side by side


def side_by_side(study):
    """What every treatment makes; and its modularity by four measures beside the control's."""
    summary, goals = study.summary, derived.goals_by_generation(study)
    neurons, times = derived.modules_do(study), derived.times_to_solve(study)
    end, rows = goals["moment"].max(), []
    for name in study.treatments:
        connections = derived.values(summary, "connections", name)
        told = derived.values(neurons, "subgoals", name)
        solved = derived.values(times, "generations", name)
        rows.append(
            (
                study.labels[name], connections.size, int((connections == 0).sum()),
                interval(rows_of(goals, treatment=name, moment=end)[derived.TRAINED]),
                f"{solved.size}, {interval(solved)}", interval(connections),
                f"{interval(told)}, {int((told == 1.0).sum())} without a mistake",
            )
        )  # fmt: skip
    header = (
        "treatment", "n", "of them empty", "fitness", "solved, generations to it", "connections",
        "subgoals told",
    )  # fmt: skip
    return "\n\n".join([table(header, rows), *modularity(study, "treatment")])


def modularity(study, heading):
    """Two tables: the measures beside rewired networks, and those beside networks rewired within layers."""
    return [
        table(
            [heading, "n", *with_tests(measures.values())],
            compared(study, [by_treatment(study, column) for column in measures]),
        )
        for measures in (MEASURES, LAYERED)
    ]


# ---- benefits


def learning(study):
    """Generations to solve the trained goal, unsolved ones as the last; and whether modular networks took fewer."""
    times = derived.times_to_solve(study)
    last = max(t.config.evolution.generations for t in study.study.treatments)
    generations = np.where(np.isnan(times["generations"]), last, times["generations"])
    taken = {name: generations[times["treatment"] == name] for name in study.treatments}
    parts = [
        table(
            ["treatment", "n", *with_tests([f"generations to solve, unsolved as {last:,}"])],
            compared(study, [taken]),
        )
    ]
    rows = []
    for label, is_in in RUNS.items():
        mask = np.array([is_in(name) for name in times["treatment"].tolist()])
        columns = [claims.q_of(study, times, name)[mask] for name in ("q_score", "q_z", "connections")]
        rows.append((label, *correlated(columns, generations[mask])))
    header = ("generations to solve", "n", "with Q", "with z of Q", "with connections")
    return "\n\n".join([*parts, table(header, rows)])


def correlated(columns, values):
    """n, and rank correlations of columns with values."""
    tests = [rank_correlation(column, values) for column in columns]
    return (tests[0].n, *(f"{test.rho:+.2f}, p = {test.p:.2g}" for test in tests))


def adaptation(study):
    """Generations to a fitness of 0.95 on goals that were never trained, and what goes with them."""
    found, cap = derived.adaptation(study), derived.cap(study)
    taken = [
        {
            name: derived.to_reach(study, rows_of(found, treatment=name, goal=goal))
            for name in study.treatments
        }
        for goal in derived.OTHERS
    ]
    cells = [
        (goal, label, *correlations(study, picked(rows_of(found, goal=goal), is_in), label == WITHIN))
        for goal in derived.OTHERS
        for label, is_in in {**RUNS, WITHIN: RUNS["all"]}.items()
    ]
    header = (
        "generations to 0.95 on", "runs", "n", f"at the cap of {cap}", "with Q", "with z of Q",
        "with connections", "with subgoals told",
    )  # fmt: skip
    return "\n\n".join(
        [
            table(["treatment", "n", *with_tests(derived.OTHERS)], compared(study, taken)),
            "Rank correlations over runs whose networks have connections and solve the trained goal:",
            table(header, cells),
            "Does it fade with relation? rho of z on the related goal less that on another, bootstrapped over runs:",
            fading(study, found),
            "Fitness on goals never trained at the end, medians:",
            zero_shot(study),
        ]
    )


WITHIN = "all, ranks within treatments"
RUNS = {
    "all": lambda name: True,
    "goals not switched": lambda name: "switching" not in name,
    "control": lambda name: name == derived.CONTROL,
}


def picked(rows, is_in):
    """Rows of some treatments."""
    mask = np.array([is_in(name) for name in rows["treatment"].tolist()])
    return masked(rows, mask)


def solving(study, rows):
    """The rows whose networks have connections and solve the trained goal."""
    is_solved = claims.q_of(study, rows, f"fitness:{derived.TRAINED}") == 1.0
    return masked(rows, is_solved)


def correlations(study, rows, within=False):
    """Of the generations to adapt to one goal with what the network was before; of ranks within treatments."""
    rows = solving(study, rows)
    time = derived.to_reach(study, rows)
    modules = derived.modules_do(study)
    runs = zip(modules["treatment"].tolist(), modules["replicate"].tolist(), strict=True)
    told = dict(zip(runs, modules["subgoals"].astype(float).tolist(), strict=True))
    keys = zip(rows["treatment"].tolist(), rows["replicate"].tolist(), strict=True)
    columns = [claims.q_of(study, rows, name) for name in ("q_score", "q_z", "connections")]
    columns.append(np.array([told[key] for key in keys]))
    n_late = int(np.isnan(rows["nearly"].astype(float)).sum())
    if within:
        time, *columns = (derived.ranks_within(values, rows["treatment"]) for values in (time, *columns))
    n, *tests = correlated(columns, time)
    return n, n_late, *tests


def fading(study, found, resamples=2000, seed=1):
    """Intervals of differences of rho between the related goal and every other, over the same runs."""
    goals, rng = list(derived.OTHERS), np.random.default_rng(seed)
    rows = [solving(study, rows_of(found, goal=goal)) for goal in goals]
    times = np.stack([derived.to_reach(study, one) for one in rows])
    z, names = claims.q_of(study, rows[0], "q_z"), rows[0]["treatment"]
    has = ~np.isnan(z)
    lines = []
    for label in ("all", WITHIN):
        sides = [z[has], *times[:, has]]
        if label == WITHIN:
            sides = [derived.ranks_within(one, names[has]) for one in sides]
        values = np.stack(sides)
        draws = [rhos(values[:, rng.integers(0, has.sum(), has.sum())]) for _ in range(resamples)]
        gaps, here = np.array([draw[0] - draw[1:] for draw in draws]), rhos(values)
        low, high = np.nanquantile(gaps, (0.025, 0.975), axis=0)
        cells = [
            f"{here[0] - here[k + 1]:+.2f} [{low[k]:+.2f}, {high[k]:+.2f}]"
            for k in range(len(goals) - 1)
        ]
        lines.append((label, int(has.sum()), *cells))
    return table(("runs", "n", *(f"less {goal}" for goal in goals[1:])), lines)


def rhos(values):
    """Spearman's rho of the first row with each of the others."""
    return np.array([rank_correlation(values[0], row).rho for row in values[1:]])


def zero_shot(study):
    """Medians of fitness on goals never trained, of networks that solve the trained goal and of all."""
    goals = derived.goals_by_generation(study)
    rows = rows_of(goals, moment=goals["moment"].max())
    solves = rows[derived.TRAINED] == 1.0
    lines = [
        (label, int(mask.sum()), *(interval(rows[goal][mask]) for goal in derived.OTHERS))
        for label, mask in (("solve the trained goal", solves), ("do not", ~solves))
    ]
    return table(("networks", "n", *derived.OTHERS), lines)


def pushed_down(study):
    """Generations to two goals of lines with Q pushed down: beside their twins, and beside the control's."""
    lines = []
    for goal in blocked.GOALS:
        sides = {name: twins(study, goal, name) for name in study.treatments}
        down = {name: pair[1] for name, pair in sides.items()}
        beside = against(down, down[next(iter(study.treatments))])
        for name, (plain, pushed) in sides.items():
            test = signed_rank(pushed, plain)
            lines.append(
                (
                    goal.replace("-", " "), study.labels[name], plain.size, interval(plain), interval(pushed),
                    f"{test.r:+.2f}, p = {test.p:.2g}", beside[name],
                )
            )  # fmt: skip
    header = (
        "28 to 32 connections, generations to", "networks of", "pairs", "Q not pushed", "Q pushed down", "r, p",
        "pushed down, beside none's: delta, p (Holm)",
    )  # fmt: skip
    return table(header, lines)


def twins(study, goal, name):
    """Generations of the lines of a treatment, Q not pushed and pushed down, of founders both of whose lines are perfect."""
    pair = np.stack([blocked.of_lines(study, goal, name, direction) for direction in blocked.DIRECTIONS])
    return pair[:, ~np.isnan(pair).any(axis=0)]


# ---- mechanism


def mechanism(study, fixed):
    """Connections held, matched by connections, the pressure lifted, pairs."""
    parts = [] if fixed is None else [held(fixed), adjusted(fixed)]
    return "\n\n".join([*parts, by_matching(study), lifted(study), pairs(study)])


def held(fixed):
    """Causes in networks that must have 28 to 32 connections."""
    fitness = by_treatment(fixed, f"fitness:{derived.TRAINED}", fixed.summary)
    shown = ("connections", "q_score", "q_z", "q_z_layered")
    columns = [fitness, *(by_treatment(fixed, name) for name in shown)]
    names = ("fitness", "connections", "Q", "z of Q", "z within layers")
    header = ["28 to 32 connections", "n", *with_tests(names)]
    return table(header, compared(fixed, columns))


def held_again(fixed, again):
    """Cliff's delta over the control of causes that two studies have with connections held, by other seeds."""
    columns = {"q_score": "Q", "q_z": "z of Q", "q_z_layered": "z within layers"}
    lines = [
        (again.labels[name], which, *(told(over_control(study, column, name)) for column in columns))
        for name in again.treatments
        if name != derived.CONTROL
        for which, study in (("first study", fixed), ("runs of the second", again))
    ]
    return table(("28 to 32 connections, delta over none", "in", *columns.values()), lines)


def over_control(study, column, name):
    """Cliff's delta of a treatment over the control."""
    return delta(derived.measured(study, column, name), derived.measured(study, column, derived.CONTROL))


def told(effect):
    """An effect with its interval."""
    return f"{effect.value:+.2f} [{effect.low:+.2f}, {effect.high:+.2f}]"


def adjusted(fixed):
    """The same at equal connections, for within the range causes still differ in them."""
    found = {
        column: derived.at_equal_connections(fixed, column)
        for column in ("q_score", "q_z", "q_rand", "q_z_layered")
    }
    rows = [
        (fixed.labels[name], *(spread(*by_name[name]) for by_name in found.values()))
        for name in found["q_score"]
    ]
    return table(
        ("at equal connections, less the control's", "Q", "z of Q", "Q of rewired", "z within layers"),
        rows,
    )


def spread(middle, low, high):
    """A difference with its interval, if it has one."""
    return f"{middle:+.3f}" if np.isnan(low) else f"{middle:+.3f} [{low:+.3f}, {high:+.3f}]"


def by_matching(study):
    """Pairs of runs with as many connections."""
    rows, summary = [], study.summary
    for name in derived.SINGLES:
        matches = derived.matched(study, name)
        gaps = {
            c: summary[c][matches[:, 0]] - summary[c][matches[:, 1]]
            for c in ("q_score", "q_z", "q_z_layered")
        }
        shown = [interval(gap[~np.isnan(gap)], len(matches)) for gap in gaps.values()]
        rows.append((study.labels[name], len(matches), *shown))
    return table(
        ("matched by connections", "pairs", "Q less the control's", "z less", "z within layers less"),
        rows,
    )


POOLS = {
    "all causes": derived.SINGLES,
    "all but dropout": tuple(name for name in derived.SINGLES if "dropout" not in name),
}


def lifted(study):
    """Best networks and what has become of them without any pressure; what changes beside the control; and pools."""
    end, parts = derived.later(study)[-1], []
    names = (derived.CONTROL, *derived.SINGLES)
    for column, label in (("q", "Q"), ("z", "z of Q"), ("connections", "connections")):
        moments = {name: derived.before_and_after(study, column, name) for name in names}
        changes = {name: after - before for name, (before, after) in moments.items()}
        beside, adjusted = against(changes, changes[derived.CONTROL]), holm_of(moments, derived.SINGLES)
        rows = [
            (
                study.labels[name], *lifted_cells(moments[name][0], moments[name][1], adjusted.get(name)), interval(changes[name]),
                beside[name],
            )
            for name in names
        ]  # fmt: skip
        for pool, members in POOLS.items():
            before, after = (
                np.concatenate(side) for side in zip(*(moments[m] for m in members), strict=True)
            )
            rows.append((pool, *lifted_cells(before, after, None), interval(after - before), ""))
        header = (
            f"pressure lifted: {label}", "n", "at once", f"after {end}", "r, p (Holm)", "change",
            "beside none's change: delta, p (Holm)",
        )  # fmt: skip
        parts.append(table(header, rows))
    return "\n\n".join(parts)


def holm_of(moments, names):
    """p of the signed-rank test by Holm over these treatments."""
    tests = [signed_rank(after, before).p for before, after in (moments[name] for name in names)]
    return dict(zip(names, holm(tests), strict=True))


def lifted_cells(before, after, adjusted):
    """n, at once, later, and the test of pairs."""
    test = signed_rank(after, before)
    corrected = "" if adjusted is None else f" ({adjusted:.2g})"
    return (
        before.size,
        interval(before),
        interval(after),
        f"{test.r:+.2f}, p = {test.p:.2g}{corrected}",
    )


def pairs(study):
    """What two causes do beyond the sum of what each does."""
    rows = []
    for name, (a, b) in derived.PAIRS.items():
        for column, label in (("q_score", "Q"), ("q_z", "z of Q")):
            groups = [derived.measured(study, column, one) for one in (name, a, b, derived.CONTROL)]
            sizes = ", ".join(str(group.size) for group in groups)
            rows.append((study.labels[name], label, sizes, spread(*derived.interaction(*groups))))
    return table(("pair", "mean of", "n: pair, each, none", "beyond the sum of its causes"), rows)


# ---- dropout, and training by gradient


def dropout(study):
    """The curve: what networks and modules do; and their modularity by four measures."""
    modules = derived.modules_do(study)
    does = {
        "fitness": ("best_fitness", study.summary),
        "redundancy": ("redundancy", modules),
        "specialisation": ("specialisation", modules),
        "modules that do a subgoal alone": ("copies", modules),
        "fitness lost with a neuron": ("harm", modules),
        "modules": ("modules", study.summary),
        "connections": ("connections", study.summary),
    }
    columns = [by_treatment(study, *where) for where in does.values()]
    return "\n\n".join(
        [table(["rate", "n", *with_tests(does)], compared(study, columns)), *modularity(study, "rate")]
    )


BOTH = {
    "control": "control",
    "connection-cost": None,
    "goal-switching": None,
    "dropout-10": "dropout-10",
    "dropout-30": "dropout-30",
    "l1": "l1",
    "l2": "l2",
    "pruning": "control, pruned",
}
"""Treatment of the study -> group of gradient.csv."""


def both_optimisers(study, rows):
    """Evolved and trained networks of one task and the same layers by one measure: Q beside rewired networks."""
    trained = gradient.groups_of(rows)
    lines = []
    sides: dict[str, dict[str, Any]] = {"evolved": {}, "trained": {}}
    for column in MEASURES:
        evolved = {name: derived.measured(study, column, name) for name in BOTH}
        by_gradient = {name: as_trained(trained, column, group) for name, group in BOTH.items()}
        for side, groups in (("evolved", evolved), ("trained", by_gradient)):
            sides[side][column] = (groups, against(groups, groups[derived.CONTROL]))
    for name in BOTH:
        for side, columns in sides.items():
            if not len(columns["q_score"][0][name]):
                continue
            n = len(columns["q_score"][0][name])
            cells = [
                cell
                for groups, tests in columns.values()
                for cell in (interval(groups[name], n), tests[name])
            ]
            lines.append((study.labels[name], side, n, *cells))
    return table(("cause", "by", "n", *with_tests(MEASURES.values())), lines)


def as_trained(groups, column, name):
    """Numbers of a group of trained networks, named as in the study's summary."""
    if name not in groups:
        return np.empty(0)
    if column == "q_excess":
        return as_trained(groups, "q_score", name) - as_trained(groups, "q_rand", name)
    place = column.replace("q_", "q_score_") if column != "q_score" else column
    return np.array([row[place] for row in groups[name]])


def tables():
    """Every table of a study that is found, as it stands in the supplement."""
    study, fixed, dropped = (
        find_study(HERE / "report.py", name)
        for name in ("study.toml", "study_fixed.toml", "study_dropout.toml")
    )
    parts = []
    if study is not None:
        parts += [side_by_side(study), learning(study), adaptation(study), mechanism(study, fixed)]
    if dropped is not None:
        parts.append(dropout(dropped))
    lines = find_study(HERE.parent / "benefits" / "blocked.py", blocked.STUDY)
    if lines is not None:
        parts.append(pushed_down(lines))
        if fixed is not None:
            parts.append(held_again(fixed, lines))
    rows = gradient.read(gradient.RESULTS / gradient.TABLE)
    if rows:
        parts += gradient.in_text(rows)
        if study is not None:
            parts.append(both_optimisers(study, rows))
    functions = specialisation.RESULTS / specialisation.TABLE
    if functions.exists():
        parts.append(specialisation.in_text(specialisation.read(functions)))
    return [part for part in "\n\n".join(parts).split("\n\n") if part.startswith("|")]


def replaced(text, made):
    """A text with every made table in the place of the one with its header. Raises `EvomodError` where there is none."""
    for new in made:
        header = new.partition("\n")[0]
        places = list(re.finditer(rf"^{re.escape(header)}\n(?:\|.*\n)+", text, re.M))
        if len(places) != 1:
            raise EvomodError(
                f"{TEXT.name} has no place, or several, for the table that begins {header}"
            )
        text = text[: places[0].start()] + new + "\n" + text[places[0].end() :]
    return text


def main():
    """Write the tables into the supplement."""
    TEXT.write_text(replaced(TEXT.read_text(encoding="utf-8"), tables()), encoding="utf-8")


if __name__ == "__main__":
    main()
