"""Money that came twice: shown with both payments, never attached, and refunded by one action."""
