"""Which texts the columns can hold: how long, and of which characters."""

import re

# In characters: as long as any text of a gateway, so that what is theirs is never cut. Columns that are
# searched through an index hold less: PostgreSQL takes at most 2,704 bytes into one.
LONGEST, LONGEST_DESCRIPTION = 5000, 40_000
LONGEST_EMAIL, LONGEST_EXTERNAL_ID, LONGEST_KEY = 512, 500, 255
# Of metadata: how many pairs, and the characters of a name and a value.
MOST_PAIRS, LONGEST_NAME, LONGEST_VALUE = 50, 40, 500
# NUL and halves of surrogate pairs: JSON can contain them, PostgreSQL cannot store them. What is kept all the
# same has the replacement character in their place.
REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def folded(email: str) -> str:
    """What addresses have in common that are one, whatever their case."""
    return email.strip().lower()


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can store the text."""
    return "\0" not in text if text.isascii() else not _UNSTORABLE.search(text)


def storable(text: str) -> str:
    """The text with U+FFFD for each character that PostgreSQL cannot store."""
    return text if is_storable(text) else _UNSTORABLE.sub(REPLACEMENT, text)


def is_whole(text: str) -> bool:
    """Whether the text can be stored, and was not altered so that it could be."""
    return is_storable(text) and REPLACEMENT not in text


def of_api_key(label: str) -> str:
    """ "API key Shop" for a key that is called Shop; of one called "API key 2" just that."""
    return label if label.casefold().startswith("api key") else f"API key {label}"
