"""What a provider is (one record of functions), and how the folders under providers/ are found."""
