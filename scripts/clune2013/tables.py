"""Rows of experiments by kind and replicate, see `studies.experiments`."""

from collections import Counter

from evomod.errors import EvomodError
from evomod.files.tables import add_rows, read_rows
from evomod.studies.experiments import as_they_end, write_manifest


def complete(given, name, columns, kinds, run):
    """Add the rows of runs that ``<name>.csv`` lacks, as they end; sorted, so that who ends first does not show.

    ``run(kind, replicate, generations)`` returns a row; the columns begin with treatment, replicate and
    generations. Raises `EvomodError` if the table's runs are of another length.
    """
    path = given.out / f"{name}.csv"
    rows = read_rows(path)
    for row in rows:
        if int(row["generations"]) != given.generations:
            raise EvomodError(
                f"{path} holds runs of {row['generations']} generations, not {given.generations}; "
                f"give another folder with --out."
            )
    known = {key(row) for row in rows}
    calls = [
        (kind, k, given.generations)
        for k in range(given.runs)
        for kind in kinds
        if (kind, k) not in known
    ]
    for row in as_they_end(run, calls, given.workers):
        add_rows(path, columns, [dict(zip(columns, row, strict=True))], by=key)
        counts = Counter(row["treatment"] for row in read_rows(path))
        write_manifest(
            given.out / f"{name}.manifest.json",
            runs=dict(sorted(counts.items())),
            generations=given.generations,
        )
    print(path)


def key(row):
    """What a row is about."""
    return row["treatment"], int(row["replicate"])
