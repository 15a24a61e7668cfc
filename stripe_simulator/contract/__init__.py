"""What the official SDK says about Stripe's API: its operations, their parameters and the shapes of the answers."""
