"""What is measured of a run's best network once the run has ended, kept in its folder (``measures.json``)."""

from __future__ import annotations

import hashlib
import math

from evomod.files.derived import kept_record
from evomod.files.records import QMeasures
from evomod.measures.report import Q_COLUMNS, q_beside_nulls
from evomod.runs.run import Run


def q_measures(run: Run) -> dict[str, float]:
    """Q_m and z of a run's best network, see `measuring.q_beside_nulls`.

    A tenth to half a second a run, so they are kept in its folder, with the digest of the network they are
    of. Raises `EvomodError` where the folder cannot be written.
    """

    def measured() -> dict[str, float | None]:
        found = q_beside_nulls(run.best, run.manifest["q_method"])
        return {name: None if math.isnan(q) else q for name, q in found.items()}

    facts = {"best_sha256": hashlib.sha256((run.folder / "best.json").read_bytes()).hexdigest()}
    known = kept_record(run.folder / "measures.json", QMeasures, facts, measured)
    return {name: math.nan if known[name] is None else known[name] for name in Q_COLUMNS}
