"""Backups that are really dumped and restored, while Stripe goes on."""
