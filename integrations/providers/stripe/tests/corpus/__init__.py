"""A corpus of the shapes in which Stripe sends each event: made from the SDK's types, never recorded."""
