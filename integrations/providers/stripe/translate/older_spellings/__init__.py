"""How older API versions spell each kind of object, turned into the pinned version's spelling."""
