"""The account's own balance: what each charge, refund and dispute moves, and the fees of it."""
