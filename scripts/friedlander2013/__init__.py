"""Friedlander, Mayo, Tlusty & Alon 2013: sum rule and product rule."""
