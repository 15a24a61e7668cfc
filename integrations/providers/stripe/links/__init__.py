"""What a person can link by hand to Stripe's objects, compared field by field."""
