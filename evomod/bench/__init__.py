"""Benchmarks, and the programs that evomod is compared with."""
