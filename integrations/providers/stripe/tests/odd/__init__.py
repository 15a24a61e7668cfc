"""Events as no version of Stripe sends them: each settles, with a true reason, and harms no other."""
