"""A deployment at a third of what it can, with random faults of every part, for as long as one likes."""
