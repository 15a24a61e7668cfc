"""One folder for each provider; registry.py finds them."""
