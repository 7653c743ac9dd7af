"""Bernatskiy & Bongard 2015: networks that evolve from sparse first ones."""
