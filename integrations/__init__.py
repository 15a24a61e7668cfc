"""How others hear of billing's changes, and how billing hears of theirs."""
