"""How fast the simulator is, measured over HTTP."""
