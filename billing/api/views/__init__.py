"""The doors of each noun; one module per noun."""
