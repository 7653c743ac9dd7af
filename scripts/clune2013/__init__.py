"""Clune, Mouret & Lipson 2013: the evolutionary origins of modularity."""
