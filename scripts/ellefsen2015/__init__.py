"""Ellefsen, Mouret & Clune 2015: learning new skills without forgetting old ones."""
