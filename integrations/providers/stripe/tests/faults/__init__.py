"""Injects each fault at each call of each push: afterwards every object exists once on both sides."""
