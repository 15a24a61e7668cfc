"""Events that webhooks did not bring are found in Stripe's list, and the rest is left as it is."""
