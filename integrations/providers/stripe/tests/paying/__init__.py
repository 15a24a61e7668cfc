"""Tests of money that moves because somebody here asked for it."""
