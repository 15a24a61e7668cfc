"""How nouns are written and read as JSON; one module per noun."""
