"""Huizinga, Mouret & Clune 2014: CPPN networks with a connection cost."""
