"""The numbers of REPORT.md as tables in Markdown, from the studies of this folder.

    python scripts/causes/report.py [--study FOLDER] [--fixed FOLDER] [--dropout FOLDER] > tables.md

Medians with bootstrapped 95 % intervals; beside each the rank-sum test against the control (or no dropout) and
Cliff's delta. The tables of the figures must have been written: `evomod figure causes` and its three sisters.
"""

import argparse
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from evomod.claims import interval_of
from evomod.papers import find_study, load_script
from evomod.plotting_studies import rows_of
from evomod.statistics import rank_correlation, rank_sum, signed_rank
from evomod.study_tables import load_study

HERE = Path(__file__).parent
derived = load_script(HERE / "derived.py")
claims = load_script(HERE / "claims.py")


def table(header, rows):
    """Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def interval(values):
    """Median [interval], without n."""
    if not len(values):
        return "none"
    ci = interval_of(values)
    middle, low, high = (
        f"{n:.0f}" if abs(n) >= 100 else f"{n:.3g}" for n in (ci.median, ci.low, ci.high)
    )
    return f"{middle} [{low}, {high}]"


def against(a, b):
    """Cliff's delta and p of a against b."""
    if not len(a) or not len(b):
        return "none"
    test = rank_sum(a, b)
    return f"{test.cliffs_delta:+.2f}, p = {test.p:.2g}"


def in_pairs(a, b):
    """Rank-biserial r and p of pairs of a and b."""
    test = signed_rank(a, b)
    return f"{test.r:+.2f}, p = {test.p:.2g}"


def learning(study):
    """Generations to solve the trained goal, unsolved ones as the last; and whether modular networks took fewer."""
    times = derived.times_to_solve(study)
    last = max(t.config.evolution.generations for t in study.study.treatments)
    generations = np.where(np.isnan(times["generations"]), last, times["generations"])
    rows = []
    for name in study.treatments:
        here, control = (generations[times["treatment"] == t] for t in (name, derived.CONTROL))
        solved = derived.values(times, "generations", name).size
        rows.append(
            (study.labels[name], f"{solved} of {here.size}", interval(here), against(here, control))
        )
    header = ("treatment", "solved", f"generations, unsolved as {last:,}", "delta, p")
    parts = [table(header, rows)]
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


def side_by_side(study):
    """Every treatment beside the control."""
    summary, goals = study.summary, derived.goals_by_generation(study)
    neurons, times = derived.modules_do(study), derived.times_to_solve(study)
    end, rows = goals["moment"].max(), []
    for name in study.treatments:
        q, z, m, connections = (
            derived.values(summary, column, name) for column in ("q_score", "q_z", "q_m", "connections")
        )
        q0, z0 = (derived.values(summary, column, derived.CONTROL) for column in ("q_score", "q_z"))
        solved = derived.values(times, "generations", name)
        rows.append(
            (
                study.labels[name], q.size,
                interval(rows_of(goals, treatment=name, moment=end)[derived.TRAINED]),
                f"{solved.size}, {interval(solved)}",
                interval(connections), interval(q), against(q, q0), interval(z), against(z, z0),
                interval(m), interval(derived.values(neurons, "subgoals", name)),
            )
        )  # fmt: skip
    header = (
        "treatment", "n", "fitness", "solved, generations to it", "connections", "Q", "delta, p", "z of Q",
        "delta, p", "Q_m", "subgoals told",
    )  # fmt: skip
    return table(header, rows)


def adaptation(study):
    """Generations to a fitness of 0.95 on goals that were never trained."""
    found, rows = derived.adaptation(study), []
    for name in study.treatments:
        cells = [study.labels[name]]
        for goal in derived.OTHERS:
            here, control = (
                derived.to_reach(study, rows_of(found, treatment=treatment, goal=goal))
                for treatment in (name, derived.CONTROL)
            )
            cells += [interval(here), against(here, control)]
        rows.append(cells)
    header = ["treatment"]
    for goal in derived.OTHERS:
        header += [goal, "delta, p"]
    lines = [
        table(header, rows),
        "",
        "Rank correlations over runs whose networks have connections and solve the trained goal:",
        "",
    ]
    header = (
        "generations to 0.95 on", "runs", "n", "with Q", "with z of Q", "with connections",
        "with subgoals told",
    )  # fmt: skip
    cells = [
        (goal, label, *correlations(study, picked(rows_of(found, goal=goal), is_in), label == WITHIN))
        for goal in derived.OTHERS
        for label, is_in in {**RUNS, WITHIN: RUNS["all"]}.items()
    ]
    return "\n".join([*lines, table(header, cells)])


WITHIN = "all, ranks within treatments"
RUNS = {
    "all": lambda name: True,
    "goals not switched": lambda name: "switching" not in name,
    "control": lambda name: name == derived.CONTROL,
}


def picked(rows, is_in):
    """Rows of some treatments."""
    mask = np.array([is_in(name) for name in rows["treatment"].tolist()])
    return {name: column[mask] for name, column in rows.items()}


def correlations(study, rows, within=False):
    """Of the generations to adapt to one goal with what the network was before; of ranks within treatments."""
    is_solved = claims.q_of(study, rows, f"fitness:{derived.TRAINED}") == 1.0
    time = derived.to_reach(study, rows)[is_solved]
    modules = derived.modules_do(study)
    runs = zip(modules["treatment"].tolist(), modules["replicate"].tolist(), strict=True)
    told = dict(zip(runs, modules["subgoals"].astype(float).tolist(), strict=True))
    keys = zip(rows["treatment"].tolist(), rows["replicate"].tolist(), strict=True)
    columns = [claims.q_of(study, rows, name)[is_solved] for name in ("q_score", "q_z", "connections")]
    columns.append(np.array([told[key] for key in keys])[is_solved])
    if within:
        names = rows["treatment"][is_solved]
        time, *columns = (ranks_within(values, names) for values in (time, *columns))
    return correlated(columns, time)


def ranks_within(values, names):
    """Ranks of values within their treatments, from -0.5 to 0.5, so that treatments do not differ; ties share."""
    ranks = np.full(values.size, np.nan)
    for name in np.unique(names):
        mine = (names == name) & ~np.isnan(values)
        below = (values[mine][:, None] > values[mine][None]).sum(axis=1)
        equal = (values[mine][:, None] == values[mine][None]).sum(axis=1)
        ranks[mine] = (below + 0.5 * equal) / max(mine.sum(), 1) - 0.5
    return ranks


def mechanism(study, fixed):
    """Connections held, matched by connections, the pressure lifted, pairs."""
    parts = []
    if fixed is not None:
        rows = []
        for name in fixed.treatments:
            q, z = (derived.values(fixed.summary, column, name) for column in ("q_score", "q_z"))
            q0, z0 = (
                derived.values(fixed.summary, column, derived.CONTROL) for column in ("q_score", "q_z")
            )
            fitness = derived.values(fixed.summary, f"fitness:{derived.TRAINED}", name)
            rows.append(
                (fixed.labels[name], q.size, interval(fitness), interval(q), against(q, q0), interval(z),
                 against(z, z0))
            )  # fmt: skip
        header = ("28 to 32 connections", "n", "fitness", "Q", "delta, p", "z of Q", "delta, p")
        parts.append(table(header, rows))
    rows, summary = [], study.summary
    for name in derived.SINGLES:
        pairs = derived.matched(study, name)
        gaps = {c: summary[c][pairs[:, 0]] - summary[c][pairs[:, 1]] for c in ("q_score", "q_z")}
        shown = [interval(gap[~np.isnan(gap)]) for gap in gaps.values()]
        rows.append((study.labels[name], len(pairs), *shown))
    parts.append(
        table(("matched by connections", "pairs", "Q less the control's", "z less the control's"), rows)
    )
    end, rows = derived.later(study)[-1], []
    for name in (derived.CONTROL, *derived.SINGLES):
        cells = [study.labels[name]]
        for column in ("q", "z", "connections"):
            before, after = derived.before_and_after(study, column, name)
            cells += [interval(before), interval(after), in_pairs(after, before)]
        rows.append(cells)
    header = ["pressure lifted"]
    for column in ("Q", "z", "connections"):
        header += [f"{column} at once", f"after {end}", "r, p"]
    parts.append(table(header, rows))
    rows = []
    for name, (a, b) in derived.PAIRS.items():
        for column in ("q_score", "q_z"):
            groups = [
                derived.values(summary, column, treatment) for treatment in (name, a, b, derived.CONTROL)
            ]
            middle, low, high = derived.interaction(*groups)
            rows.append(
                (study.labels[name], column, len(groups[0]), f"{middle:+.3f} [{low:+.3f}, {high:+.3f}]")
            )
    parts.append(table(("pair", "of", "n", "beyond the sum of its causes"), rows))
    return "\n\n".join(parts)


def dropout(study):
    """The curve."""
    modules, rows = derived.modules_do(study), []
    none = study.treatments[0]
    for name in study.treatments:
        cells = [study.labels[name], rows_of(study.summary, treatment=name)["q_score"].size]
        for found, column in (
            (study.summary, "best_fitness"), (modules, "redundancy"), (modules, "specialisation"),
            (modules, "copies"), (modules, "harm"), (study.summary, "modules"),
            (study.summary, "connections"), (study.summary, "q_score"), (study.summary, "q_z"),
        ):  # fmt: skip
            values, without = (derived.values(found, column, t) for t in (name, none))
            cells.append(f"{interval(values)} ({against(values, without)})")
        rows.append(cells)
    header = (
        "rate", "n", "fitness", "redundancy", "specialisation", "modules that do a subgoal alone",
        "fitness lost with a neuron", "modules", "connections", "Q", "z of Q",
    )  # fmt: skip
    return table(header, rows)


def main():
    """Print every table whose study is found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    places = {"study": "study.toml", "fixed": "study_fixed.toml", "dropout": "study_dropout.toml"}
    for name in places:
        parser.add_argument(f"--{name}", type=Path)
    given, found = parser.parse_args(), {}
    for name, definition in places.items():
        folder = getattr(given, name)
        wanted = SimpleNamespace(STUDY=definition)
        found[name] = load_study(folder) if folder else find_study(HERE / "report.py", wanted)
    if found["study"] is not None:
        parts = {"Side by side": side_by_side, "Learning": learning, "Adaptation": adaptation}
        for title, made in parts.items():
            print(f"## {title}\n\n{made(found['study'])}\n")
        print(f"## Mechanism\n\n{mechanism(found['study'], found['fixed'])}\n")
    if found["dropout"] is not None:
        print(f"## The dropout curve\n\n{dropout(found['dropout'])}\n")


if __name__ == "__main__":
    main()
