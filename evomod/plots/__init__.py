"""Pictures of runs, studies, circuits, motifs and modules."""
