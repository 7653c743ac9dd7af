"""What makes networks modular, and what is modularity good for: all causes in one experiment."""
