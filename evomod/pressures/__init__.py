"""Causes of modularity, one module each; every docstring says where in the loop it acts."""
