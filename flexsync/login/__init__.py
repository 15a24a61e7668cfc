"""Who comes into the admin: password, lock-out after wrong ones, and a second factor (docs/operations.md)."""
