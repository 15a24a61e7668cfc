"""Digests of parameters, which name the steps of a push by their content."""

import json
from hashlib import sha256

from integrations.provider_api import Json


def digest(params: Json) -> str:
    """A fingerprint of ``params``, the same for the same content in any order."""
    return sha256(json.dumps(params, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
