"""Import: whatever an account has already is brought here, page by page."""
