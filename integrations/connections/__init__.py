"""Accounts at providers: made, chosen, their credentials, their health."""
