"""Runs: one evolution with its folder, log and checkpoints."""
