"""Random histories at Stripe, delivered in any order: the rows must end the same, and as Stripe has them."""
