"""The doctor: whether a connection can work, and what to do where it cannot."""
