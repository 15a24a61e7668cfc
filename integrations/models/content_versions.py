"""Versions that follow from what an object says, of rows that much else is stored in besides."""

import json
from hashlib import sha256


def version_of(*said: object) -> int:
    """Returns another number for something else that is said; it is exact among JSON's numbers."""
    text = json.dumps(said, sort_keys=True, default=str)
    return int(sha256(text.encode()).hexdigest()[:12], 16)
