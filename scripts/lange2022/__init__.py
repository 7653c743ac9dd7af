"""Lange, Rolnick & Kording 2022: functional modularity by strength of dropout, L1 and L2."""
