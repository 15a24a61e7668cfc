"""Pages of a provider's lists, read ahead and at leisure."""
