"""Comparison: both sides read in a stream, and where they differ (docs/comparing.md)."""
