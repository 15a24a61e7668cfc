"""What is owed, by whom and for what; it has never heard of a payment provider."""
