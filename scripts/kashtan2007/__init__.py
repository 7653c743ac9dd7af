"""Kashtan, Noor & Alon 2007: varying environments can speed up evolution."""
