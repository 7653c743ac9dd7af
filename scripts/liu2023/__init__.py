"""Liu, Gan & Tegmark 2023: brain-inspired modular training."""
