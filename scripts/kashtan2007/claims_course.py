"""What Fig. 3 of Kashtan, Noor & Alon (2007) shows: varying goals overtake the fixed one on its own goal.

Our reading of the figure, of which no numbers are known. With both selections, see `both_selections.py`.
"""

from pathlib import Path

from evomod.papers.claims import larger, more_often, not_run
from evomod.papers.scripts import load_script
from evomod.plots.studies import rows_of
from evomod.studies.tables import read_columns

PAPER, N = "kashtan2007", 40
FIGURE = load_script(Path(__file__).with_name("fig3.py"))
STUDY, QUICK = FIGURE.STUDY, FIGURE.QUICK

BOTH = load_script(Path(__file__).with_name("both_selections.py"))
TEXTS = (
    "Fig. 3, {}: varying goals end fitter on G1 than the fixed goal",
    "Fig. 3, {}: more runs end perfect on G1 with varying goals than with the fixed one",
)
CLAIMS = [text.format(name) for name in (BOTH.QUOTED, BOTH.OTHER) for text in TEXTS]


def claims(study):
    """Both claims, with either selection."""
    other, why = BOTH.with_elite(study, STUDY)
    return [*of_selection(study, CLAIMS[:2], "none"), *of_selection(other, CLAIMS[2:], why)]


def of_selection(study, texts, why):
    """The best of every run at the end of the last epoch with G1; ``why`` there is no study."""
    if study is None:
        return [not_run(PAPER, text, why) for text in texts]
    if study.study.replicates <= QUICK["replicates"]:
        FIGURE.prepare(study)
    path = study.folder / FIGURE.TABLE_NAME
    if not path.exists():
        why = f"no {path.name}: evomod figure kashtan2007-fig3 --study {study.folder}"
        return [not_run(PAPER, text, why) for text in texts]
    table = read_columns(path)
    table = {name: column[table["replicate"] < study.study.replicates] for name, column in table.items()}
    last = rows_of(table, generation=table["generation"].max())
    mvg, fg = (rows_of(last, treatment=name)["best_fitness"] for name in ("mvg", "fg"))
    perfect = [(int((fitness == 1.0).sum()), fitness.size) for fitness in (mvg, fg)]
    return [
        larger(PAPER, texts[0], mvg, fg, ("MVG", "FG"), N),
        more_often(PAPER, texts[1], *perfect, ("MVG", "FG"), N),
    ]
