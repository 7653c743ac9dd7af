"""Does selection for adaptability make networks modular if it looks five mutations ahead?

Declared before the runs, when what one mutation ahead does was known (`claims_adaptability`).
"""

from evomod.scripts.causes import claims_adaptability

STUDY = "study_climbs.toml"
QUICK = claims_adaptability.QUICK

COLUMNS = claims_adaptability.COLUMNS
CLAIMS = claims_adaptability.claims_of(
    "selection five mutations ahead",
    family="five ahead",
    figure="causes-climbs",
    related="it is looking ahead to a related goal that does",
    selected="networks selected five mutations ahead",
)
