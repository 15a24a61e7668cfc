"""Who is subscribed to what: subscriptions and their items."""
