"""What `evomod.measures.report` says of a network, as text for a terminal and as rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

MOST_GOALS = 4
"""Goals of a task that are printed."""
MOST_MOTIFS = 8
"""Subgraphs a size that are printed: those with the largest |z|."""
MOST_MODULES, MOST_MEMBERS = 12, 8
"""Modules, and members of each, that are printed by name."""


def report(name: str, told: dict[str, Any]) -> str:
    """The measures of a network, or what is known of them, as text for a terminal."""
    lines = [*_head(name, told), "", _q_table(told["modularity"], told["null"])]
    if "modularity_layered" in told:
        lines += ["", _q_table(told["modularity_layered"], "layered")]
    if "given_modules" in told:
        lines += ["", _given_text(told["given_modules"])]
    lines += ["", *_module_lines(told["modules"])]
    lines += ["", f"hierarchy ({_hierarchy_name(told)})  {_shown(told['hierarchy'], 1, 3)}"]
    if "hierarchy_null" in told:
        row = told["hierarchy_null"]
        lines[-1] += (
            f"; {_counted(row['draws'], 'null')} {row['null_mean']:.3f} ± {_shown(row['null_sd'], 1, 3)}, "
            f"z {_shown(row['z'], 1, 1)}"
        )
    for size in (3, 4):
        if f"motifs_{size}" in told:
            lines += ["", _motif_table(size, told[f"motifs_{size}"], told["null_of_motifs"])]
    notes = [
        told[note]
        for note in ("motifs_note", "hierarchy_note", "nulls_note", "functional_note")
        if note in told
    ]
    lines += ["", *notes] if notes else []
    if told.get("task"):
        lines += ["", _task_table(told["task"])]
    if told.get("functional_modularity"):
        lines += ["", _functional_table(told["functional_modularity"])]
    if told["unfinished"]:
        lines += ["", f"not finished: {', '.join(told['unfinished'])}"]
    return "\n".join(lines)


def _hierarchy_name(told: dict[str, Any]) -> str:
    """Which of the definitions of Mones et al. (2012)."""
    name = "global reaching centrality"
    if told["hierarchy_weight"]:
        return f"{name}, by weights along paths"
    name += ", by distances" if told["undirected"] else ""
    return name + (", without weights, as some are negative" if told["signed"] else "")


def _head(name: str, told: dict[str, Any]) -> list[str]:
    """What kind of graph it is, and what was made of the file."""
    simple = ", simplified" if told["is_simplified"] else ""
    kind = "undirected connection" if told["undirected"] else "connection"
    lines = [
        f"{name}: {_counted(told['nodes_with_a_connection'], 'node')} with "
        f"{_counted(told['connections'], kind)}{simple}"
    ]
    article = "an" if str(told["read_as"]).startswith("a") else "a"
    lines += [f"  read as {article} {told['read_as']}"] if told["read_as"] else []
    word = "undirected" if told["undirected"] else "directed"
    weights = f", weighted by '{told['weight']}'" if told["weight"] else ""
    if told["leaves_out_weights"]:
        weights = ", every connection counts as 1 (--weight uses its weight)"
    lines.append(f"  {word} ({told['direction']}){weights}")
    if told["loops"]:
        lines.append(f"  {_counted(told['loops'], 'connection')} from a node to itself")
    if told["parallel_connections"]:
        how = "summed" if told["weight"] else "counted (--weight NAME sums their weights)"
        lines.append(f"  {_counted(told['parallel_connections'], 'parallel connection')} {how}")
    if told["connections_of_weight_0"]:
        lines.append(f"  {_counted(told['connections_of_weight_0'], 'connection')} of weight 0 left out")
    if told["signed"] or told["resolution"] != 1.0:
        signed = f", negative weights as {told['signed']}" if told["signed"] else ""
        lines.append(f"  resolution {told['resolution']:g}{signed}")
    return lines


def _given_text(row: dict[str, Any]) -> str:
    text = f"the modules given: {row['modules']}, Q {row['q']:.4f}, n-cut {_shown(row['n_cut'], 1, 3)}"
    if row["draws"]:
        text += (
            f"; the same modules in {_counted(row['draws'], 'null')} {row['q_rand']:.3f} ± "
            f"{_shown(row['q_rand_sd'], 1, 3)}, z {_z_text(row)}"
        )
    return text + (f"; {row['note']}" if "note" in row else "")


def _z_text(row: dict[str, Any]) -> str:
    """z with the interval that the number of draws leaves."""
    text = _shown(row["z"], 1, 1)
    if not np.isfinite(row["z_low"]):
        return text
    return f"{text} ({_shown(row['z_low'], 1, 1)} to {_shown(row['z_high'], 1, 1)})"


def _module_lines(by_name: dict[str, int]) -> list[str]:
    """Who is in which module."""
    members: dict[int, list[str]] = {}
    for name, module in by_name.items():
        members.setdefault(module, []).append(name)
    lines = ["modules (refined)"]
    for module, names in sorted(members.items())[:MOST_MODULES]:
        more = f", and {len(names) - MOST_MEMBERS} more" if len(names) > MOST_MEMBERS else ""
        lines.append(f"  {module}: {', '.join(names[:MOST_MEMBERS])}{more}")
    if len(members) > MOST_MODULES:
        lines.append(f"  and {len(members) - MOST_MODULES} more modules, see --json")
    return lines


CSV_COLUMNS = (
    "file", "nodes", "connections", "undirected", "weight", "method", "directed", "q", "modules", "null", "draws",
    "q_rand", "q_rand_sd", "z", "z_low", "z_high", "percentile", "q_m", "hierarchy", "subgraph_size", "subgraph", "count",
    "null_mean", "null_sd",
)  # fmt: skip


def csv_rows(name: str, told: dict[str, Any]) -> list[list[Any]]:
    """A row per method, the modules given and each subgraph, in the order of `CSV_COLUMNS`; what there is not is empty."""
    whole = dict.fromkeys(CSV_COLUMNS) | {
        "file": name,
        "nodes": told["nodes_with_a_connection"],
        **{key: told[key] for key in ("connections", "undirected", "weight", "null", "hierarchy")},
    }
    rows = [*told["modularity"]]
    if "given_modules" in told:
        rows.append({"method": "given", "directed": not told["undirected"]} | told["given_modules"])
    for size in (3, 4):
        rows += [
            {"subgraph_size": size, "subgraph": row["id"], "null": told["null_of_motifs"]} | row
            for row in told.get(f"motifs_{size}", ())
        ]
    cells = [[(whole | row)[column] for column in CSV_COLUMNS] for row in rows]
    return [["" if cell is None or cell != cell else cell for cell in row] for row in cells]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _q_table(rows: list[dict[str, Any]], null: str) -> str:
    """Q by every method, never without its null."""
    nulls = f"nulls ({null})"
    lines = [
        f"{'Q by method':31}{'Q':>7}{'modules':>9}   {nulls:30}{'z':>6}{'percentile':>12}{'Q_m':>7}"
    ]
    for row in rows:
        side = "directed" if row["directed"] else "undirected"
        nulls = (
            f"{row['q_rand']:.3f} ± {_shown(row['q_rand_sd'], 1, 3)}, {_counted(row['draws'], 'draw')}"
            if row["draws"]
            else "-"
        )
        lines.append(
            f"{row['method'] + ', ' + side:31}{row['q']:>7.3f}{row['modules']:>9}   {nulls:30}"
            f"{_shown(row['z'], 6, 1)}{_shown(row['percentile'], 12, 1)}{_shown(row['q_m'], 7, 2)}"
        )
        if row["method"] == "best found":
            lines.append(f"{'':31}(the optimum is at most {row['bound']:.3f})")
    notes = sorted({row["note"] for row in rows if row["note"]})
    return "\n".join([*lines, *(f"  {note}" for note in notes)])


def _shown(value: float, width: int, digits: int) -> str:
    return f"{value:>{width}.{digits}f}" if np.isfinite(value) else f"{'-':>{width}}"


def _motif_table(size: int, rows: list[dict[str, Any]], null: str) -> str:
    """The subgraphs that differ most from chance."""
    ranked = sorted(rows, key=lambda row: -abs(row["z"]) if np.isfinite(row["z"]) else -np.inf)
    title, chance = f"subgraphs of {size} nodes", f"nulls ({null})"
    lines = [f"{title:28}{'count':>7}   {chance:>25}   z (95 %)"]
    for row in ranked[:MOST_MOTIFS]:
        label = row["name"] if row["name"].endswith(str(row["id"])) else f"{row['name']} ({row['id']})"
        nulls = f"{row['null_mean']:.1f} ± {_shown(row['null_sd'], 1, 1)}"
        lines.append(f"{label:28}{row['count']:>7}   {nulls:>25}   {_z_text(row)}")
    if len(ranked) > MOST_MOTIFS:
        lines.append(f"  and {len(ranked) - MOST_MOTIFS} more, see --json")
    return "\n".join(lines)


def _task_table(told: dict[str, Any]) -> str:
    """What the modules of a network do for its task."""
    lines = [f"{'task ' + told['name']:28}{'best neuron':>12}{'right':>8}{'redundancy':>12}"]
    for name, row in told["subgoals"].items():
        neuron = f"{row['best_neuron']} {row['reading']}"
        lines.append(f"{name:28}{neuron:>12}{row['right']:>8.3f}{told['redundancy'][name]:>12.2f}")
    for key, word in (("split_in_two", "split in two"), ("modules", "by clune2013")):
        if told[key] is not None:
            perfect = "perfect" if told[key]["is_perfect"] else "not perfect"
            text = f"{told[key]['score']:g} of {told[key]['of']} inputs, {perfect}"
            lines.append(f"{'inputs apart, ' + word:28}{text}")
    if told["reason"]:
        lines.append(f"inputs apart: not asked, {told['reason']}")
    lines.append(f"{'silent module of clune2013':36}{'specialisation':>14}   fitness lost")
    for row in told["module_lesions"]:
        nodes, more = row["nodes"][:MOST_MEMBERS], ", …" if len(row["nodes"]) > MOST_MEMBERS else ""
        lost = ", ".join(
            f"{goal} {value:.3f}" for goal, value in list(row["goals"].items())[:MOST_GOALS]
        )
        members = f"  {', '.join(map(str, nodes))}{more}"
        lines.append(f"{members:36}{row['specialisation']:>14.2f}   {lost}")
    return "\n".join(lines)


def _functional_table(rows: list[dict[str, Any]]) -> str:
    """Clusters of hidden units that respond alike: of all hidden layers, or of the only one."""
    together = [row for row in rows if row["layer"] is None] or rows
    units, patterns = together[0]["units"], together[0]["patterns"]
    title = f"{_counted(units, 'hidden unit')}, {_counted(patterns, 'pattern')}"
    nulls, shared = "nulls (permuted responses)", "agreement (AMI)"
    lines = [f"{title:31}{'Q':>7}{'modules':>9}   {nulls:30}{'z':>6}   {shared} with modules (refined)"]
    notes = set()
    for row in together:
        spread = (  # + 0.0: no -0.0
            f"{round(row['q_rand'], 3) + 0.0:.3f} ± {_shown(row['q_rand_sd'], 1, 3)}, {_counted(row['draws'], 'draw')}"
            if row["draws"]
            else "-"
        )
        found = row["agreement"]
        same = _shown(found["ami"], len(shared), 2) + f", z {_shown(found['z'], 1, 1)}"
        lines.append(
            f"{'functional, ' + row['similarity']:31}{_shown(row['q'], 7, 3)}{row['modules']:>9}   {spread:30}"
            f"{_shown(row['z'], 6, 1)}   {same}"
        )
        notes |= {note for note in (row["note"], found["note"]) if note}
    return "\n".join([*lines, *(f"  {note}" for note in sorted(notes))])
