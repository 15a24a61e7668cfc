"""How people read dates, by language."""
