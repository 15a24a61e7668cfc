"""A local, stateful and strict simulator of Stripe's API, for demos and tests without an account."""
