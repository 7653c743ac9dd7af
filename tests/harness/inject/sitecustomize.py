"""Found first by Python where this folder leads PYTHONPATH: it lets a worker process of a study fail."""

import os
import sys

if "EVOMOD_FAULT" in os.environ and "--multiprocessing-fork" in sys.argv:
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parents[2]))
    from harness.faults import install

    root, at, how, once = os.environ["EVOMOD_FAULT"].split("|")
    install(Path(root), int(at), how, Path(once))
