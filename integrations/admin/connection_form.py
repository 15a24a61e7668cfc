"""The form of a connection: credentials are written and never shown again, switches are a matrix."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from billing.admin.environments import InEnvironmentForm
from billing.admin.service_forms import ServiceForm
from integrations.admin import switch_preview
from integrations.admin.option_fields import option_fields
from integrations.admin.provider_links import label
from integrations.admin.switches import switches_field
from integrations.connections import credentials
from integrations.models import Connection
from integrations.models.connections import OPTIONS, SWITCHES
from integrations.provider_api import registry


class ConnectionForm(ServiceForm):
    """The fields of a connection that can be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "switches" in self.fields:
            self.fields["switches"].initial = [name for name in SWITCHES if getattr(self.instance, name)]

    def clean(self) -> dict[str, Any] | None:
        """Says first what is sent once switches are on, and asks; of a new connection nothing is known."""
        cleaned = super().clean()
        if "confirmed" in self.fields and not self.cleaned_data["confirmed"]:
            follows = list(switch_preview.of_turning_on(self.instance, self.cleaned_data.get("switches", ())))
            if follows:
                self.fields["confirmed"].widget = UnfoldBooleanSwitchWidget()
                self.add_error("switches", follows)
                self.add_error("confirmed", "Nothing was saved yet: turn this on, and save again.")
        return cleaned

    def switches(self) -> dict[str, bool]:
        """Returns every switch, on or off."""
        return {name: name in self.cleaned_data["switches"] for name in SWITCHES}

    def options(self) -> dict[str, Any]:
        """Returns every option."""
        return {name: self.cleaned_data[name] for name in OPTIONS}

    def secrets(self) -> dict[str, str]:
        """Returns the credentials that were typed in."""
        typed = {name: self.cleaned_data.get(name) for names in _credentials().values() for name in names}
        return {name: secret for name, secret in typed.items() if secret}


class AddConnectionForm(ConnectionForm, InEnvironmentForm):
    """The fields of a new connection."""


def form_for(connection: Connection | None) -> type[ServiceForm]:
    """Returns the form for ``connection``, or a new one, with a field for each credential of its provider."""
    slug = connection.provider if connection else ""
    fields: dict[str, Any] = {"switches": switches_field(label(slug) if slug else _only_label())}
    fields |= option_fields()
    if connection is not None:
        fields["confirmed"] = forms.BooleanField(
            required=False, label="Send them all the same", widget=forms.HiddenInput
        )
    shown = credentials.shown(connection) if connection else {}
    for name in credential_names(connection):
        fields[name] = _credential_field(name, shown.get(name, ""))
    if connection is None:
        fields["provider"] = forms.ChoiceField(choices=_choices(), widget=UnfoldAdminSelectWidget)
    return type("ConnectionForm", (ConnectionForm if connection else AddConnectionForm,), fields)


def credential_names(connection: Connection | None) -> list[str]:
    """Returns the credential fields of the connection's provider, of every provider for a new connection."""
    by_provider = _credentials()
    chosen = [by_provider.get(connection.provider, [])] if connection else by_provider.values()
    return list(dict.fromkeys(name for names in chosen for name in names))


def _credential_field(name: str, shown: str) -> forms.CharField:
    help_text = (
        f"Currently {shown}. Leave empty to keep it." if shown else "Stored encrypted, never shown again."
    )
    widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
    caption = name.replace("_", " ").capitalize()
    return forms.CharField(required=False, label=caption, help_text=help_text, widget=widget)


def _credentials() -> dict[str, list[str]]:
    return {slug: list(found.credentials) for slug, found in registry.providers().items()}


def _choices() -> list[tuple[str, str]]:
    return [(slug, found.label) for slug, found in sorted(registry.providers().items())]


def _only_label() -> str:
    labels = [found for _slug, found in _choices()]
    return labels[0] if len(labels) == 1 else "Provider"
