"""Methods of selection, one module each: who has offspring, and who survives."""
