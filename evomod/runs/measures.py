"""What is measured of a run's best network once the run has ended, kept in its folder (``measures.json``)."""

from __future__ import annotations

import hashlib
import math

from evomod.files.disk import reports_disk_errors, write_json
from evomod.files.readers import DamageError, read_json
from evomod.files.records import QMeasures, check_record
from evomod.measures.report import Q_COLUMNS, q_beside_nulls
from evomod.runs.run import Run


def q_measures(run: Run) -> dict[str, float]:
    """Q_m and z of a run's best network, see `measuring.q_beside_nulls`.

    A tenth to half a second a run, so they are kept in its folder, with the digest of the network they are
    of. Raises `EvomodError` where the folder cannot be written.
    """
    path, best = run.folder / "measures.json", run.folder / "best.json"
    digest = hashlib.sha256(best.read_bytes()).hexdigest()
    try:
        check_record(QMeasures, known := read_json(path))
        if known["best_sha256"] == digest:
            return {name: math.nan if known[name] is None else known[name] for name in Q_COLUMNS}
    except (OSError, DamageError):
        pass  # none yet, or of another network
    found = q_beside_nulls(run.best, run.manifest["q_method"])
    shown = {name: None if math.isnan(q) else q for name, q in found.items()}
    with reports_disk_errors(run.folder):
        write_json(path, {"best_sha256": digest} | shown)
    return found
