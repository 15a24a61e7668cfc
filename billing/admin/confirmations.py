"""What a person was asked is what is done: a form carries what its page said, and it must still be so."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest

from billing.errors import Conflict

# What the form sends back: what its page said, signed.
FIELD = "asked"
_SALT = "billing.admin.confirmations"
STALE = "This has changed since you were asked, and nothing was done. Look at it again before you press the button."


class Changed(Conflict):
    """What was asked about a row is not so any more."""


def seal(said: Mapping[str, str]) -> str:
    """What the page says, by its labels, for the form's hidden field."""
    return signing.dumps(dict(said), salt=_SALT, compress=True)


def difference(request: HttpRequest, said: Mapping[str, str]) -> str:
    """Why nothing is done, with what the page has said before; "" where it still says the same.

    A request from no page has been told nothing, so nothing can differ.
    """
    sealed = request.POST.get(FIELD)
    if sealed is None:
        return ""
    try:
        before: Mapping[str, str] = signing.loads(sealed, salt=_SALT)
    except signing.BadSignature:
        return STALE
    now = dict(said)
    changed = [name for name in {**before, **now} if before.get(name, "") != now.get(name, "")]
    parts = (f"{name} {before.get(name) or 'nothing'}".strip() for name in changed)
    return f"{STALE} It said before: {'; '.join(parts)}" if changed else ""


def same(row: Any, say: Callable[[Any], object]) -> Callable[[Any], None]:
    """For services that lock the row: raises Changed unless it says what ``row`` says now."""
    said = say(row)

    def check(locked: Any) -> None:
        if say(locked) != said:
            raise Changed(STALE)

    return check


@contextmanager
def locked(row: Model, say: Callable[[Any], object]) -> Iterator[None]:
    """The row is locked in the block, in which it says what it says now; raises Changed otherwise."""
    check = same(row, say)
    with transaction.atomic():
        check(type(row)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=row.pk))
        yield
