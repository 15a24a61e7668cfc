"""A debt is asked for once, and only for what is owed, whatever the other side has done meanwhile."""
