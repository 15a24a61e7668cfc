"""What is read at Stripe to compare all of it with what is here."""
