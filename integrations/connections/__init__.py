"""Connections to accounts at providers: created and chosen, their credentials and health."""
