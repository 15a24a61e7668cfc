"""The state of an account: its objects, its clock and its scheduled actions."""
