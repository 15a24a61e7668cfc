"""Links by hand between rows and Stripe's objects, against the simulator."""
