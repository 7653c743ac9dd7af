"""Tables of experiments that are no study: a row a run, added as runs end, and a manifest beside."""

import csv
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

from evomod.runs import commit, versions, write_json, write_whole
from evomod.tracking import csv_line


def write_manifest(path, **about):
    """Where a table comes from."""
    write_json(path, about | {"commit": commit(), "versions": versions()})


def complete(given, name, columns, kinds, run):
    """Add the rows of runs that ``<name>.csv`` lacks, as they end; sorted, so that who ends first does not show.

    ``run(kind, replicate, generations)`` returns a row, which begins with kind and replicate.
    """
    given.out.mkdir(parents=True, exist_ok=True)
    path, rows = given.out / f"{name}.csv", {}
    if path.exists():
        with path.open(newline="") as file:
            rows = {(row[0], int(row[1])): row for row in list(csv.reader(file))[1:]}
    asked = [(kind, k) for k in range(given.runs) for kind in kinds if (kind, k) not in rows]
    with ProcessPoolExecutor(given.workers) as pool:
        for future in as_completed([pool.submit(run, *one, given.generations) for one in asked]):
            row = future.result()
            rows[row[:2]] = row
            write_whole(path, b"".join(map(csv_line, (columns, *(rows[one] for one in sorted(rows))))))
    counts = dict(sorted(Counter(kind for kind, _ in rows).items()))
    write_manifest(given.out / f"{name}.manifest.json", runs=counts, generations=given.generations)
    print(path)
