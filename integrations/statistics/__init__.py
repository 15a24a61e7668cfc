"""Statistics: counts what happens by the hour, a little behind, and reads it for charts."""
