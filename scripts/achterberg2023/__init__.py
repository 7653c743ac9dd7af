"""Achterberg et al. (2023): recurrent networks that pay for wiring and communication."""
