"""What is searched for, as people paste it: an id, the beginning of one, a page's address, a name."""

import re
from urllib.parse import urlsplit

from django.contrib.admin.utils import unquote

from billing.texts import is_storable

SHORTEST, LONGEST = 3, 255
_ULID = 26
_OWN_ID = re.compile(r"(?<![0-9A-Za-z_])([a-z]+(?:_[a-z]+)?)_([0-9A-HJKMNP-TV-Z]{26})(?![0-9A-Za-z])")
_BEGINNING = re.compile(r"[0-9A-HJKMNP-TV-Z]*")


def cleaned(text: str) -> str:
    """``text`` without spaces around it; of an address of a page only its last part."""
    term = text.strip().strip("\"'<>").strip()
    if term.startswith(("https://", "http://")):
        parts = urlsplit(term).path.removesuffix("/change/").rstrip("/").split("/")
        return unquote(parts[-1])
    return term


def problem(term: str) -> str:
    """Why nothing is searched for, as a sentence; "" where the term can be."""
    if len(term) < SHORTEST:
        return f"Type at least {SHORTEST} characters."
    if len(term) > LONGEST:
        return f"Type at most {LONGEST} characters."
    return "" if is_storable(term) else "Type text without null characters."


def own_ids(term: str) -> dict[str, str]:
    """FlexSync's own whole ids in the term, such as those in its idempotency keys: each with its prefix."""
    return {found[0]: found[1] for found in _OWN_ID.finditer(term)}


def range_of(term: str, prefix: str) -> tuple[str, str] | None:
    """The lowest and the highest id of ``prefix`` that begin with the term; None where none can.

    All ids of a prefix have the same length and letters of one case, so that the index of the primary key has
    them beside each other, whatever the collation.
    """
    if not term.startswith(f"{prefix}_"):
        return None
    beginning = term.removeprefix(f"{prefix}_").upper()
    if len(beginning) > _ULID or not _BEGINNING.fullmatch(beginning):
        return None
    return f"{prefix}_{beginning.ljust(_ULID, '0')}", f"{prefix}_{beginning.ljust(_ULID, 'Z')}"


def spellings(term: str) -> list[str]:
    """The term, and the same in capitals, in which numbers are written."""
    return list(dict.fromkeys((term, term.upper())))


def words(term: str) -> str:
    """The term as PostgreSQL's text search reads it: each word may go on."""
    quoted = (word.replace("\\", " ").replace("'", "''") for word in term.split())
    return " & ".join(f"'{word}':*" for word in quoted if re.search(r"\w", word))
