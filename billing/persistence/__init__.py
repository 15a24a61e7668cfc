"""How services read, lock and write rows: one unit of work, many changes in few statements."""
