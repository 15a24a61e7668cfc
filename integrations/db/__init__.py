"""PostgreSQL below the ORM: advisory locks, raw rows, encryption of columns."""
