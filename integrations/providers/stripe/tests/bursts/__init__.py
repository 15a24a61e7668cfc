"""Many events at once while the database goes away: what the sender, the servers and the trial are."""
