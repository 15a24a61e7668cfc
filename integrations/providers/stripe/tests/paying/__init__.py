"""Tests of charges, checkouts, refunds and reported payments, which FlexSync starts."""
