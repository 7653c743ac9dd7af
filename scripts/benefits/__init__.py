"""What modularity does for a network when nothing else differs: interventions on it, one at a time."""
