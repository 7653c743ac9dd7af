"""Parter, Kashtan & Alon 2008: facilitated variation."""
