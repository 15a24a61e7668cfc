"""What the official SDK declares about Stripe's API: operations, parameters and types of responses."""
