"""What Kashtan & Alon (2005) claim of circuits with six inputs and three outputs (Fig. 4).

The time is quoted. That these circuits are modular and have the motifs of varying goals is what the paper
says of such goals in general; it has no numbers of its own for them in the parts known here.
"""

from pathlib import Path

from evomod.papers.claims import beyond
from evomod.papers.scripts import load_script

derived = load_script(Path(__file__).with_name("derived.py"))
main = load_script(Path(__file__).with_name("claims.py"))
figure = load_script(Path(__file__).with_name("fig4.py"))

PAPER, N = "kashtan2005", 50
"""Runs: not stated for Fig. 4; those of four inputs."""
STUDY, QUICK = figure.STUDY, figure.QUICK
TREATMENT = figure.TREATMENT
derived.SIZES["q_max_runs"] = 3  # two and a half minutes a run; those of four inputs differ by 0.005

MODULAR = 0.3
"""Quoted: Q_m of 0.3 to 1 is modular."""
TIME = "three outputs, MVG: 120,000 ± 80,000 generations (mean)"
IS_MODULAR = "three outputs, MVG: modular (Q_m above 0.3)"
MOTIFS = ((3, 38, "the feed-forward loop"), (4, 904, "the diamond"))
CLAIMS = [TIME, IS_MODULAR, *(f"three outputs, MVG: {name} is a motif (z > 0)" for _, _, name in MOTIFS)]


def claims(study):
    """Every claim; generations of a run that was not solved count as the cap."""
    table = derived.q_table(study, (TREATMENT,))
    q_m = table["q_m"][table["treatment"] == TREATMENT]
    motifs = derived.motif_table(study, treatments=(TREATMENT,))
    return [
        main.mean_time(TIME, study.column("generations", TREATMENT), 120_000, 80_000),
        beyond(PAPER, IS_MODULAR, derived.mean_of(q_m), MODULAR, N),
        *(
            beyond(PAPER, text, main.z_of(motifs, TREATMENT, size, number), 0.0, N)
            for text, (size, number, _) in zip(CLAIMS[2:], MOTIFS, strict=True)
        ),
    ]
