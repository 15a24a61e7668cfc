"""Money that moves: PaymentIntents, charges, refunds, disputes and Payment Records."""
