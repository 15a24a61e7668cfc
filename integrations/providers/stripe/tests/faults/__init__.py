"""Each thing that can go wrong, at each call that each push makes: afterwards all is there once, and says so."""
