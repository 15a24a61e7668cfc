"""Tests of what README.md and docs/ show: every example is run, or held against what it is about."""
