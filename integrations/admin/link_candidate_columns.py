"""What the table of link candidates shows of each: both sides, what they have in common, what was decided."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from billing.admin.columns import remembered
from billing.admin.links import NOTHING
from integrations.admin import entity_links, provider_links
from integrations.models import LinkCandidate
from integrations.models.imports import LinkingState
from integrations.reconcile.linking import candidates


@admin.display(description="Provider")
def theirs(candidate: LinkCandidate) -> str:
    """Returns a link to the object, with what it is known by."""
    place = candidate.run.connection, candidate.entity_type, candidate.provider_entity_id
    return render_to_string(
        "admin/integrations/link_party.html", {"link": provider_links.link(*place), "label": candidate.label}
    )


@remembered
@admin.display(description="FlexSync")
def ours(candidate: LinkCandidate) -> SafeString | str:
    """Returns a link to each row that it may be, with what both have."""
    rows = [
        (entity_id, entity_links.link(candidate.entity_type, entity_id), label, why)
        for entity_id, label, why in candidates.shown(candidate)
    ]
    # In the list, whose form the buttons send; where one row is likely, its actions do.
    is_asked = not (candidate.choice or candidate.entity_id) and _waits(candidate)
    buttons = is_asked and getattr(candidate, "may_decide", False)
    context = {"rows": rows, "candidate": candidate, "buttons": buttons}
    return render_to_string("admin/integrations/link_rows.html", context) if rows else NOTHING


@admin.display(description="Decision")
def decision(candidate: LinkCandidate) -> str:
    """Returns what a person has said, and who; of what nobody is asked about any more, nothing."""
    who = f", {candidate.decided_by}" if candidate.decided_by else ""
    if candidate.choice:
        return f"{candidate.get_choice_display()}{who}"
    return "waits for you" if _waits(candidate) else NOTHING


def _waits(candidate: LinkCandidate) -> bool:
    return candidate.run.settled_at is None and candidate.run.linking == LinkingState.OPEN
