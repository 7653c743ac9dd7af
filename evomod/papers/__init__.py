"""What all papers share: their figures, claims and verification."""
