"""What Stripe has is brought here whole, in any order with events, once."""
