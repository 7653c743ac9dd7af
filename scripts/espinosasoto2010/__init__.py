"""Espinosa-Soto & Wagner 2010: modules that follow from specialisation in gene activity."""
