"""Which of the provider's objects may be which row here: found before an import, decided by a person."""
