"""The story of one row: all that is on record about it and about what belongs to it, newest first."""
