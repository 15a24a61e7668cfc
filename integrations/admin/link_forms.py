"""The forms that an operator fills in to link, relink or unlink by hand."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.events import Kind
from integrations.admin import entity_links
from integrations.linking.pairs import Deed, Pair
from integrations.models import Connection, EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry

# The API's names of fields, as refusals use them, by the form's.
_NAMES = {"entity_id": "row", "provider_entity_id": "object"}


def _text(label: str, longest: int, help_text: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget,
    )


def _reason() -> forms.CharField:
    return _text("Reason", 500, "For your own people: it is kept with your name.")


class _Form(forms.Form):
    reason = _reason()

    def refuse(self, refusal: Exception) -> None:
        """Shows why it is refused, at the field that the refusal names."""
        named = [_NAMES.get(name, name) for name in getattr(refusal, "details", {})]
        field = next((name for name in named if name in self.fields), None)
        self.add_error(field, getattr(refusal, "message", str(refusal)))

    def deed(self, done_by: str) -> Deed:
        """Returns who does it, and why."""
        return Deed(done_by, self.cleaned_data["reason"])


def _kinds() -> list[tuple[str, str]]:
    """Returns the kinds that a provider lets be linked."""
    linked = {kind.value for provider in registry.providers().values() for kind in provider.links}
    return [one for one in entity_links.KINDS if one[0] in linked]


class LinkForm(_Form):
    """The pair to link."""

    kind = forms.ChoiceField(choices=_kinds, widget=UnfoldAdminSelectWidget)
    row = _text("FlexSync's id", 40, "Such as cust_01JD...")
    object = _text("Provider's id", 255, "Such as cus_Q1w2e3.")

    field_order = ("connection", "kind", "row", "object", "reason")

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        usable = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).select_related("environment")
        named = [(one.pk, f"{one} ({one.environment})") for one in usable.order_by("name", "pk")]
        self.fields["connection"] = forms.ChoiceField(choices=named, widget=UnfoldAdminSelectWidget)
        self.order_fields(self.field_order)

    def pair(self) -> Pair:
        """Returns what is to be linked."""
        chosen = self.cleaned_data
        connection = Connection.objects.get(pk=chosen["connection"])
        return Pair(connection, Kind(chosen["kind"]), chosen["row"], chosen["object"])


class RelinkForm(_Form):
    """The other object of the row, or the other row of the object."""

    object = _text("Provider's id", 255, "The object that the row is.")
    row = _text("FlexSync's id", 40, "The row that the object is. Change one of the two.")

    field_order = ("object", "row", "reason")

    def __init__(self, mapping: EntityMapping, data: Any = None, initial: Any = None) -> None:
        """``initial``: the id that was chosen elsewhere, for the one that it takes the place of."""
        known = {"object": mapping.provider_entity_id, "row": mapping.entity_id}
        super().__init__(data, initial=known | (initial or {}))
        self.mapping = mapping

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two differs."""
        found = super().clean() or self.cleaned_data
        now = (self.mapping.provider_entity_id, self.mapping.entity_id)
        changed = [
            new for new, old in zip((found.get("object"), found.get("row")), now, strict=True) if new != old
        ]
        if not self.errors and len(changed) != 1:
            raise forms.ValidationError("Change one of the two ids: the object's, or the row's.")
        return found

    def pair(self) -> Pair:
        """Returns the pair that the mapping is to become."""
        mapping = self.mapping
        row, there = self.cleaned_data["row"], self.cleaned_data["object"]
        return Pair(mapping.connection, Kind(mapping.entity_type), row, there)


class ReasonForm(_Form):
    """Why it is done, and nothing else."""
