"""What billing can do: every entry point makes one call into here."""
