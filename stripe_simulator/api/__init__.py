"""The door for `/v1`: from an HTTP request to an operation and back."""
