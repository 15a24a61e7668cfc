"""What callers ask of a provider about money: checkout, charge, refund, saved payment methods."""
