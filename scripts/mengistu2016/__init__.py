"""Mengistu, Huizinga, Mouret & Clune 2016: the evolutionary origins of hierarchy."""
