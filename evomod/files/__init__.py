"""Files: written safely, read with checks, and where they came from."""
