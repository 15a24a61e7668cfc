"""Who comes into the admin, as people and as guessers try it."""
