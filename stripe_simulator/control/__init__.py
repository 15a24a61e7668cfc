"""The control API under `/_simulator`: what only a simulator can do."""
