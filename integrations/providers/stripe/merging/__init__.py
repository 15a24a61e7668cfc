"""What both sides edit: how rows here and Stripe's objects are compared and changed, field by field."""
