"""``python -m evomod``."""

import sys

from evomod.cli.parser import main

sys.exit(main())
