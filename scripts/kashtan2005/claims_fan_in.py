"""Whether the cap on a neuron's inputs, not switching alone, makes the retina of Kashtan & Alon (2005) modular.

Our question, after an independent thesis (OneFluffyBunny/UCL_thesis: Q_m of MVG 0.31 capped and 0.02 not, of FG 0.02 and
-0.07, five seeds each). Q_m of summary.csv: relative to degree-preserving randomisations, best network of the last generation.
"""

from evomod.papers.claims import Larger
from evomod.verdicts import DELTA

STUDY = "study_fan_in.toml"
QUICK = {"replicates": 4, "settings": ["evolution.generations=600"]}
CLAIMS = [
    Larger(
        text, column="q_m", a=a, b=b, family="fan-in and switching", smallest=DELTA, status="ours", replication=found,
        figure="kashtan2005-fan_in",
    )
    for text, a, b, found in (
        ("retina, at most 3 inputs: MVG has the higher Q_m", "mvg-capped", "fg-capped", "0.31 to 0.02: OneFluffyBunny/UCL_thesis"),
        ("retina, 7 inputs: MVG has the higher Q_m", "mvg-open", "fg-open", "0.02 to -0.07: OneFluffyBunny/UCL_thesis"),
        ("retina, MVG: at most 3 inputs give the higher Q_m", "mvg-capped", "mvg-open", "0.31 to 0.02: OneFluffyBunny/UCL_thesis"),
        ("retina, FG: at most 3 inputs give the higher Q_m", "fg-capped", "fg-open", "0.02 to -0.07: OneFluffyBunny/UCL_thesis"),
    )
]  # fmt: skip
