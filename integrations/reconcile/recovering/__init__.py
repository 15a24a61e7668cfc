"""Recovery: after a backup was restored, what the database forgot is brought back before anything is sent."""
