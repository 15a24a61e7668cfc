"""Choices that people read as words: "Charge automatically", where Django has "Charge Automatically"."""

from enum import property as enum_property

from django.db import models


class WordedChoices(models.TextChoices):
    """Texts to choose from, each called as its name unless it says otherwise."""

    @enum_property
    def label(self) -> str:
        """What people read."""
        words = self.name.replace("_", " ")
        own = str(self._label_)
        return words.capitalize() if own == words.title() else own
