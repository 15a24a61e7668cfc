"""What can be done with billing's nouns: every door makes one call into here."""
