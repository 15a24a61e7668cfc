"""From a changed row to calls at the provider, each recorded before it is made."""
