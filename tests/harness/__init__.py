"""What breaks evomod, tried: crashes at every system call, kills, races, hostile files, all combinations.

``python -m tests.harness`` runs all of it and writes a report; `tests/test_harness.py` a shorter one.
"""
