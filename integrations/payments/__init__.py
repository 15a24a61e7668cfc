"""What a person asks of a provider about money: checkout, charge, refund, saved payment methods."""
