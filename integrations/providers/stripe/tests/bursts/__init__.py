"""Many events at once while the database crashes: the sender, the servers and the trial."""
