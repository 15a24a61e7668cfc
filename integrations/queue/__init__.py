"""Messages to workers; only hints, because the sweep finds every row that is due."""
