"""Actions on rows: confirmed in a dialogue, carried out by one service call, followed by a message."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from unfold.decorators import action
from unfold.enums import ActionVariant

from billing.admin import confirmations, selection_page
from billing.admin.links import row_url
from billing.admin.rows import RowAdmin
from billing.admin.unfold_types import BaseDialogForm

Act = Callable[[Any, HttpRequest, Any], str]
# What is said before an action: the same of every row, or made of the row, with its amounts.
Explanation = str | Callable[[Any], str]
FEW = 3
_SEALED = '<input type="hidden" name="{}" value="{}">'
_REFUSAL = '<p class="leading-relaxed mt-2 text-red-700 dark:text-red-400" role="alert">{}</p>'


class ExplainedForm(BaseDialogForm):
    """A dialogue that asks nothing, and says what would happen to the row.

    Where it says something else by the time its button is pressed, it asks again.
    """

    def clean(self) -> dict[str, Any] | None:
        if self._changed():
            raise forms.ValidationError(self._changed())
        return super().clean()

    def render_before_template(self) -> str:
        """The explanation that the page has found for its row."""
        text = getattr(self.request, "explanation", "")
        if not text:
            return ""
        sealed = format_html(_SEALED, confirmations.FIELD, confirmations.seal({"": text}))
        refusal = format_html(_REFUSAL, self._changed()) if self._changed() else ""
        return format_html('{}{}<p class="leading-relaxed mt-2">{}</p>', sealed, refusal, text)

    def _changed(self) -> str:
        return str(getattr(self.request, "difference", ""))


def on_row(
    label: str,
    *,
    explanation: Explanation,
    icon: str,
    offered: Callable[[Any], bool] = lambda _row: True,
    variant: ActionVariant = ActionVariant.DEFAULT,
    right: str = "operate",
) -> Callable[[Act], Any]:
    """Makes a button of ``act``(admin, request, row) -> message. It is posted, after a confirmation.

    ``right``: what the page's ``has_<right>_permission`` decides.
    """

    def decorate(act: Act) -> Any:
        def carry_out(self: RowAdmin, request: HttpRequest, _form: object, object_id: str) -> HttpResponse:
            # As it was when the explanation was compared: services go by it under the row's lock.
            row = request.asked_row  # type: ignore[attr-defined]
            if row is None:
                raise Http404
            if not getattr(self, f"has_{right}_permission")(request, row):
                raise PermissionDenied
            _show(request, [_attempt(self, request, row, act)])
            return HttpResponse(headers={"HX-Redirect": row_url(row)})

        carry_out.__name__ = act.__name__
        made = action(
            carry_out,
            description=label,
            permissions=[right],
            icon=icon,
            variant=variant,
            dialog={
                "title": label,
                "description": "",
                "form_class": ExplainedForm,
                "form_submit_text": label,
            },
        )
        made.offered = offered
        return _of_its_page(made, explanation)

    return decorate


def _of_its_page(dialog: Any, explanation: Explanation) -> Any:
    """Shows the dialogue on the row's page only: its address alone leads there."""

    @wraps(dialog)
    def opened(self: RowAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method == "GET" and "HX-Request" not in request.headers:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        row = self.get_object(request, unquote(object_id))
        said = _said(explanation, row)
        request.asked_row, request.explanation = row, said  # type: ignore[attr-defined]
        request.difference = confirmations.difference(request, {"": said})  # type: ignore[attr-defined]
        response: HttpResponse = dialog(self, request, object_id=object_id)
        return response

    return opened


def _said(explanation: Explanation, row: Any) -> str:
    if isinstance(explanation, str):
        return explanation
    return explanation(row) if row is not None else ""


def on_selection(label: str, question: Callable[[QuerySet[Any]], str] | None = None) -> Callable[[Act], Any]:
    """Makes an action of the list of ``act``: each chosen row is tried by itself.

    ``question``(the chosen rows): asked first, on a page of its own, where money is moved.
    """

    def decorate(act: Act) -> Any:
        @admin.action(description=label, permissions=["operate"])
        def carry_out(self: RowAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
            asked = question(rows) if question is not None else ""
            is_answered = selection_page.is_confirmed(request)
            if asked and (not is_answered or confirmations.difference(request, {"": asked})):
                return selection_page.asked(self, request, rows, label, asked)
            _show(request, [_attempt(self, request, row, act) for row in rows])
            return None

        carry_out.__name__ = f"{act.__name__}_selected"
        return carry_out

    return decorate


def _attempt(self: RowAdmin, request: HttpRequest, row: Any, act: Act) -> tuple[int, str]:
    """Acts, and logs it in the row's history; returns the level and the text of the message."""
    try:
        message = act(self, request, row)
    except self.refusals as refusal:
        return messages.ERROR, f"{row}: {refusal}"
    self.log_change(request, row, message)
    return messages.SUCCESS, message


def _show(request: HttpRequest, outcomes: list[tuple[int, str]]) -> None:
    """Shows each of a few outcomes; of many, the first and how many more there are."""
    for level in (messages.ERROR, messages.SUCCESS):
        texts = [text for its_level, text in outcomes if its_level == level]
        for text in texts[:FEW]:
            messages.add_message(request, level, text)
        if len(texts) > FEW:
            messages.add_message(request, level, f"And {len(texts) - FEW} more.")
