"""Links by hand: a person says which object of a provider is which row, or that it is none."""
