"""Tests of the simulator: everything through the official SDK, over real HTTP."""
