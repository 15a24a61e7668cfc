"""Customers: their attributes, balance and tax ids."""
