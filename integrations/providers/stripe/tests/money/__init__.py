"""A debt is asked for once, and only for what is owed: demands and facts meet in every order."""
