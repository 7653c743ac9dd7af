"""``evomod``, and ``python -m evomod``."""

import signal
import sys


def main() -> int:
    """Import the command line and run it.

    Ctrl-C during the imports, 0.1 s at least, ends the process as the signal does: nothing is begun yet, and raised there it
    would be a traceback of whatever is being imported.
    """
    is_raised = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_raised:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from evomod.cli.parser import main as run

    if is_raised:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run()


if __name__ == "__main__":
    sys.exit(main())
