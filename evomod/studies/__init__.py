"""Studies: many runs by treatment and replicate, and their tables."""
