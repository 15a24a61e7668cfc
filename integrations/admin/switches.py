"""The switches of a connection as a matrix: what is synced in which direction."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.widgets import CHECKBOX_CLASSES

from integrations.models.connections import SWITCHES

NOUNS = ("customer", "plan", "subscription", "invoice", "payment")
DIRECTIONS = ("inbound", "outbound")
CLASSES = " ".join(CHECKBOX_CLASSES)


def matrix(switched_on: Collection[str]) -> list[dict[str, Any]]:
    """Returns a row for each noun: for each direction the switch ("" where there is none) and its state."""
    return [
        {
            "noun": noun,
            "cells": [
                {"switch": name if name in SWITCHES else "", "on": name in switched_on}
                for name in (f"{noun}_{direction}_enabled" for direction in DIRECTIONS)
            ],
        }
        for noun in NOUNS
    ]


class SwitchMatrix(forms.CheckboxSelectMultiple):
    """Draws the switches as a matrix; ``provider_label`` names the directions."""

    provider_label = "Provider"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = matrix(value or ())
        context = {"rows": rows, "name": name, "provider": self.provider_label, "classes": CLASSES}
        return render_to_string("admin/integrations/switch_matrix.html", context)


def switches_field(provider_label: str) -> forms.MultipleChoiceField:
    """Returns the field whose value is the list of the switches that are on."""
    widget = SwitchMatrix()
    widget.provider_label = provider_label
    choices = [(name, name) for name in SWITCHES]
    return forms.MultipleChoiceField(choices=choices, required=False, label="Directions", widget=widget)


def compact(switched_on: Collection[str]) -> SafeString:
    """Returns the matrix in short, for a list."""
    return render_to_string("admin/integrations/switch_summary.html", {"rows": matrix(switched_on)})
