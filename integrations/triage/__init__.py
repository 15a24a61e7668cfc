"""What needs a person: grouped by cause, worst first, with what a person has said of each group."""
