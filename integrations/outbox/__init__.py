"""From a changed row to calls to the provider, each recorded before it is made."""
