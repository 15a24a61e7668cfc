"""Forms whose saving is one service call: when the service refuses, the message is shown at the field it
names.
"""

from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.forms import JSONField
from django.http import HttpRequest, HttpResponse

from billing.admin import seen_versions
from billing.admin.rows import RowAdmin
from billing.admin.unfold_types import ModelForm
from billing.models.base import Row
from billing.persistence import expected_versions
from billing.persistence.expected_versions import Outdated


class ServiceForm(ModelForm):
    """A form that shows why the service refused the first attempt."""

    refusal: ClassVar[Exception | None] = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._clean_json()
        if self.refusal is not None:
            self._show(self.refusal)
        return cleaned

    def clean_currency(self) -> str:
        """In capital letters, as the API takes it."""
        return str(self.cleaned_data["currency"]).upper()

    def _clean_json(self) -> None:
        """An emptied JSON box means the column's default."""
        for name in [name for name, field in self.fields.items() if isinstance(field, JSONField)]:
            if self.cleaned_data.get(name, 0) is None:
                self.cleaned_data[name] = self._meta.model._meta.get_field(name).get_default()

    def _show(self, refusal: Exception) -> None:
        """Shows each part of the refusal at the field that it names, or above the form when there is no such
        field.
        """
        details = getattr(refusal, "details", {})
        for path, text in details.items():
            self.add_error(self._named(path), str(text))
        if not details:
            self.add_error(None, str(refusal))

    def _named(self, path: str) -> str | None:
        """The field that ``path`` is about: ``tiers[0].up_to`` is about tiers, ``metadata.key`` about key."""
        names = (path, path.split("[")[0], path.rpartition(".")[2])
        return next((name for name in names if name in self.fields), None)

    def changes(self) -> dict[str, Any]:
        """The new values of the fields that the operator changed, by name."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class ServiceAdmin(RowAdmin):
    """Rows that are added and edited through their service: ``create`` and ``update`` are one call each."""

    form = ServiceForm
    add_form: type[ServiceForm] | None = None
    change_form_before_template = "admin/billing/seen_version.html"

    def create(self, request: HttpRequest, form: Any) -> Model:
        """Creates the row that the form describes."""
        raise NotImplementedError

    def update(self, request: HttpRequest, row: Any, form: Any) -> None:
        """Changes the row to the form's values."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Calls the service in place of saving, so that every change is announced."""
        if not change:
            obj.pk = self.create(request, form).pk
        elif form.changes():
            self.update(request, obj, form)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Shows the form again, with the reason, after the service has refused it and nothing was stored.

        What was written on an older version of the row is refused.
        """
        with expected_versions.scope():
            if request.method == "POST" and object_id and issubclass(self.model, Row):
                request.refusal = seen_versions.expect(request, self.model, unquote(object_id))  # type: ignore[attr-defined]
            try:
                return super().changeform_view(request, object_id, *args, **kwargs)
            except self.refusals as refusal:
                stale = Outdated(seen_versions.STALE)
                request.refusal = stale if isinstance(refusal, Outdated) else refusal  # type: ignore[attr-defined]
                return super().changeform_view(request, object_id, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None and self.add_form is not None:
            kwargs["form"] = self.add_form
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else type("RefusedForm", (form,), {"refusal": refusal})
