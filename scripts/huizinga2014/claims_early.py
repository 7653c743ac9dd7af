"""What Huizinga, Mouret & Clune (2014) claim of the retina, asked of the first 2,500 of 25,000 generations.

The paper claims nothing of so early a time: the claims of `claims.py` are asked where an answer is cheap. Beside them
stands the claim of Verbancsics & Stanley (2011), recalled, that a seed for locality makes HyperNEAT's networks more
modular. Stated before the runs.
"""

from dataclasses import replace

from evomod.papers.claims import Larger
from evomod.scripts.huizinga2014 import claims
from evomod.verdicts import DELTA

STUDY = "study_early.toml"
QUICK = claims.QUICK
WHEN = "after 2,500 generations"
SEED = Larger(
    "HyperNEAT-GS is more modular (higher Q) than HyperNEAT (Verbancsics & Stanley 2011, recalled)", column="q_score",
    a="gs", b="hyperneat", family="early Q", smallest=DELTA, status="ours",
)  # fmt: skip
CLAIMS = [
    replace(
        one,
        text=f"{one.text}, {WHEN}",
        family=f"early {one.family}",
        figure="huizinga2014-early",
        status="ours",
    )
    for one in claims.CLAIMS
] + [replace(SEED, text=f"{SEED.text}, {WHEN}", figure="huizinga2014-early")]
