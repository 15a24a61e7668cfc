"""What of Stripe's has no room here: it stays Stripe's, is shown, and is never written back."""
