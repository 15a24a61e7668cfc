"""Who is billed: customers, their tax ids and default payment methods."""
