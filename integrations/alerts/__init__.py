"""Tells people, by e-mail, chat or whatever apprise knows, of what needs them, and when it is over."""
