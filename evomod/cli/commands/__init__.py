"""Subcommands of ``evomod`` that stand in modules of their own: `add` puts one into the command line, `act` does it.

Their modules import at the top nothing but the standard library and `evomod.errors`, so that ``evomod --help`` stays
light.
"""
