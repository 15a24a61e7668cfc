"""The entry point for `/v1`: from an HTTP request to an operation and back."""
