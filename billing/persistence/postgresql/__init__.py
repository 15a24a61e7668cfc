"""Django's PostgreSQL backend, in which no statement passes the unit of work unseen."""
