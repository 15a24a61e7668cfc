"""Pages that Stripe hosts for a customer: Checkout Sessions and portal sessions."""
