"""The REST API of billing: each view parses, makes one service call and responds."""
