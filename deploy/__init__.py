"""How FlexSync is run in production: the configuration of the programs around it."""
