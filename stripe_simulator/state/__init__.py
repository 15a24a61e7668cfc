"""What an account remembers: its objects, its clock and what will happen by itself."""
