"""``evomod completion``: words for the Tab key of bash, zsh and fish."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Put the command into the command line."""
    completion = commands.add_parser(
        "completion",
        help="print what makes the Tab key complete commands, options and names",
        description="Print a script for a shell. To install it:\n\n"
        '  bash  put this line into ~/.bashrc:                 eval "$(evomod completion bash)"\n'
        '  zsh   put this line into ~/.zshrc, after compinit:  eval "$(evomod completion zsh)"\n'
        "  fish  evomod completion fish > ~/.config/fish/completions/evomod.fish",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    completion.set_defaults(act=act)


def act(given: argparse.Namespace) -> int:
    """Print the script."""
    from evomod.cli.completion import SCRIPTS
    from evomod.cli.parser import parser

    print(SCRIPTS[given.shell](parser()))
    return 0
