"""What a person asks of a provider about money, tried with a provider that is not Stripe."""
