"""Which processes there are: each says so again and again, and who looks sees which have fallen silent."""
