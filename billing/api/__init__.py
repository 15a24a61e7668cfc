"""The REST doors of billing: parse, one service call, answer."""
