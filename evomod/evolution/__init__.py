"""The evolutionary loop and what it is made of."""
