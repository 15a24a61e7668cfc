"""Comparisons of a connection with a simulated account."""
