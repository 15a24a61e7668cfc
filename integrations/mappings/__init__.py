"""Which object at the provider is which row here, and how fresh what is known of it is."""
