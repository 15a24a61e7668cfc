"""What an invoice owes: credit notes, customers' balances, amounts below the minimum, promotion codes."""
