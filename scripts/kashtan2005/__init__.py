"""Kashtan & Alon 2005: spontaneous evolution of modularity and network motifs."""
