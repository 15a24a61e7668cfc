"""Forms refuse what was written on an older version of a row: nobody is overwritten unseen."""

from django.http import HttpRequest

from billing.models.base import Row
from billing.persistence import expected_versions
from billing.persistence.expected_versions import Outdated

# What the page of a row sends back.
FIELD = "seen_version"
STALE = (
    "This has changed since you opened the page, and nothing was saved. The timeline says who changed what. Copy what you"
    " typed, open the page again, and make your change there."
)


def expect(request: HttpRequest, model: type[Row], row_id: str) -> Outdated | None:
    """From now on a service accepts this row only in the version that the page has shown.

    Returns why it is refused where that is known already, so that the page says nothing else.
    """
    seen = request.POST.get(FIELD, "")
    if not seen.isascii() or not seen.isdigit():
        return None
    expected_versions.expect(row_id, {int(seen)})
    current = model._default_manager.filter(pk=row_id).values_list("version", flat=True).first()
    return None if current in (None, int(seen)) else Outdated(STALE)
