"""From an HTTP request to one stored event: verified, stored once, acknowledged."""
