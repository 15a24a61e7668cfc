"""The buttons of an import's page that decide about its link candidates."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from integrations.models import ImportRun
from integrations.models.link_candidates import LinkChoice, LinkGrade
from integrations.reconcile.importing import runs
from integrations.reconcile.linking import decisions


def _link(request: HttpRequest, run: ImportRun, grade: LinkGrade) -> str:
    by, now = request.user.get_username(), timezone.now()
    decided = decisions.decide_all(run, grade, LinkChoice.LINK, by=by, now=now)
    if decided.clashes:
        messages.warning(request, decided.summary)
    return f"{decided.number} {grade} candidates will be linked."


def link_certain(_admin: Any, request: HttpRequest, run: ImportRun) -> str:
    """Links what an id says is the same."""
    return _link(request, run, LinkGrade.CERTAIN)


def link_probable(_admin: Any, request: HttpRequest, run: ImportRun) -> str:
    """Links what has the same name, and no rival."""
    return _link(request, run, LinkGrade.PROBABLE)


def settle_links(_admin: Any, request: HttpRequest, run: ImportRun) -> str:
    """Goes on; what is undecided gets rows of its own."""
    runs.settle_links(run, timezone.now(), rest_apart=True, by=request.user.get_username())
    return (
        f"The {run} goes on with the links that were decided. Prices and subscriptions may be asked for next."
    )


def waits(run: ImportRun) -> bool:
    """Returns whether a person is to decide."""
    return run.linking == "open" and run.settled_at is None


class LinkActions:
    """Links in bulk, then goes on."""

    actions_detail: Sequence[Any] = ("settle", "certain", "probable")

    certain = on_row(
        "Link all certain",
        explanation="Links each object whose id or price lookup key is known on the other side. Where the two differ, the connection's settings of two writers decide, or leave it open.",
        icon="link",
        offered=waits,
    )(link_certain)
    probable = on_row(
        "Link all probable",
        explanation="Links those that are like exactly one on the other side, as each says. Look at them first.",
        icon="join_inner",
        offered=waits,
    )(link_probable)
    settle = on_row(
        "Go on with the import",
        explanation="Objects that you have not linked get rows of their own.",
        icon="play_arrow",
        offered=waits,
        variant=ActionVariant.PRIMARY,
    )(settle_links)
