"""Payment methods, and the SetupIntents that keep them for later."""
