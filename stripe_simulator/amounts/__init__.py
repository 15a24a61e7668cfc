"""Amounts of money: minor units, currencies, and the least and most that can be charged."""
