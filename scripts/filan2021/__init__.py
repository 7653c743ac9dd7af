"""Filan et al. 2021: clusterability in neural networks."""
