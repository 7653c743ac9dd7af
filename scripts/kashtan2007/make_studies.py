"""Write study.toml, study_any.toml and study_periods.toml: a treatment a goal and scenario, or a size and period.

    python scripts/kashtan2007/make_studies.py

The goals (our choice; the paper's list is not known): three XORs or three EQs, joined in the six ways that
are not mirror images of one another. Their partner in MVG has the other operator in the middle. Random and
neutral epochs only for the four goals of three XORs that depend on all three. In study_any.toml, of gate layers and three
XORs, MVG replaces any one of the three operators (quoted), in turn or by a random walk, beside the middle one alone.
"""

from pathlib import Path

HERE = Path(__file__).parent
JOINS = ("and-and-and", "and-and-or", "or-and-or", "and-or-and", "or-or-and", "or-or-or")
CONTROLLED = ("and-and-and", "or-and-or", "and-or-and", "or-or-or")
MODELS = {"nand": ("NAND circuits", "nand_mvg.toml"), "gates": ("gate layers", "gates_mvg.toml")}
SCENARIOS = {
    "fg": ("FG", "fixed"),
    "mvg": ("MVG", "modular"),
    "rvgv": ("RVG_v", "random"),
    "rvgc": ("RVG_c", "random-constant"),
    "vg0": ("VG_0", "neutral"),
}
OTHER = {"and": "or", "or": "and"}
SIZES = (50, 100, 200, 500)
PERIODS = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)

HEAD = """# Kashtan, Noor & Alon 2007: {about}
#
#     evomod study scripts/kashtan2007/{file} --out studies/{name}
#
# Written by make_studies.py, where the rule is. Tags of the parameters: see PAPER.md.

name = "{name}"
seed = 2007                                        # our choice
replicates = {replicates}                          # our choice; not stated

settings.evolution.generations = {cap}             # G_max: our choice; not stated
settings.tracking.population_every = 0             # our choice: only the logged circuit is measured
"""


def goal(kind, joins):
    """A goal's name in the task, such as "xor-xor-xor_and-or-and"."""
    return f"{kind}-{kind}-{kind}_{joins}"


def scenario(model, name, kind, joins):
    """One treatment of study.toml."""
    label, schedule = SCENARIOS[name]
    first, middle, last = joins.split("-")
    goals = [goal(kind, joins)]
    if name == "mvg":
        goals.append(goal(kind, f"{first}-{OTHER[middle]}-{last}"))
    listed = ", ".join(f'"{g}"' for g in goals)
    return f"""
[treatments.{model}-{name}-{kind}-{joins}]
label = "{MODELS[model][0]}, {label}, {kind.upper()} {joins}"
config = "{MODELS[model][1]}"
settings.schedule.kind = "{schedule}"
settings.schedule.goals = [{listed}]
settings.evolution.stop = "{"solved" if name == "fg" else "all-solved"}"
"""


ANY = {
    "fg": ("FG", "fixed"),
    "mvg": ("MVG, middle operator", "modular"),
    "any": ("MVG, any operator", "modular"),
    "walk": ("MVG, any operator, random walk", "random-walk"),
}


def variants(joins):
    """The joins with one operator replaced: the first, the middle, the last."""
    operators = joins.split("-")
    return ["-".join([*operators[:k], OTHER[operators[k]], *operators[k + 1 :]]) for k in range(3)]


def any_operator(name, joins):
    """One treatment of study_any.toml."""
    label, schedule = ANY[name]
    first, middle, last = variants(joins)
    orders = {
        "fg": [joins],
        "mvg": [joins, middle],
        "any": [joins, first, joins, middle, joins, last],
        "walk": [joins, first, middle, last],
    }
    listed = ", ".join(f'"{goal("xor", each)}"' for each in orders[name])
    return f"""
[treatments.gates-{name}-xor-{joins}]
label = "gate layers, {label}, XOR {joins}"
config = "gates_mvg.toml"
settings.schedule.kind = "{schedule}"
settings.schedule.goals = [{listed}]
settings.evolution.stop = "{"solved" if name == "fg" else "all-solved"}"
"""


def size_and_period(size, period):
    """One treatment of study_periods.toml; period None: a fixed goal."""
    name = f"n{size}-{'fg' if period is None else f'e{period}'}"
    label = f"{size} circuits, {'FG' if period is None else f'E = {period}'}"
    lines = [
        f"\n[treatments.{name}]",
        f'label = "{label}"',
        'config = "small_gates_mvg.toml"',
        f"settings.evolution.population = {size}",
    ]
    if period is None:
        lines += ['settings.schedule.kind = "fixed"', 'settings.schedule.goals = ["xor-or-xor"]']
        lines += ['settings.evolution.stop = "solved"']
    else:
        lines += [f"settings.schedule.period = {period}"]
    return "\n".join(lines) + "\n"


def texts():
    """What the two files hold, by name."""
    speedup = [
        scenario(model, name, kind, joins)
        for model in MODELS
        for kind in ("xor", "eq")
        for joins in JOINS
        for name in SCENARIOS
        if name in ("fg", "mvg") or (kind == "xor" and joins in CONTROLLED)
    ]
    periods = [size_and_period(size, period) for size in SIZES for period in (None, *PERIODS)]
    about = "speedup of goals that vary over a fixed goal (Fig. 1, Table 1)."
    first = HEAD.format(about=about, file="study.toml", name="kashtan2007", replicates=11, cap=50_000)
    about = "speedup against the switching period (Fig. 2), small model 2."
    second = HEAD.format(
        about=about, file="study_periods.toml", name="kashtan2007-periods", replicates=30, cap=20_000
    )
    about = "MVG by replacing any one of the operators, to a million generations."
    third = HEAD.format(
        about=about, file="study_any.toml", name="kashtan2007-any", replicates=11, cap=1_000_000
    )
    third += (
        'settings.selection.method = "elite"               # our choice: that of Kashtan & Alon 2005\n'
    )
    return {
        "study.toml": first + "".join(speedup),
        "study_periods.toml": second + "".join(periods),
        "study_any.toml": third + "".join(any_operator(name, joins) for joins in JOINS for name in ANY),
    }


if __name__ == "__main__":
    for name, text in texts().items():
        (HERE / name).write_text(text, encoding="utf-8")
        print(HERE / name)
