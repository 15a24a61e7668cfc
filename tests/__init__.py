"""Tests of the project as a whole: its rules, its sizes, its files for deployment."""
