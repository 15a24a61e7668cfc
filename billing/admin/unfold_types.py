"""Unfold's admin classes, typed as those of Django that they extend, which know no type parameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _ModelAdmin
    from django.contrib.admin import SimpleListFilter as DropdownFilter
    from django.contrib.admin import TabularInline as _TabularInline
    from django.contrib.admin.views.main import ChangeList as _ChangeList
    from django.forms import Form as _Form
    from django.forms import ModelForm as _ModelForm
    from django.forms.models import BaseInlineFormSet as _BaseInlineFormSet
    from django.http import HttpRequest

    class ModelAdmin(_ModelAdmin[Any]):
        """What Unfold adds to a page, as far as it is used here. Fields may also be functions."""

        fields: ClassVar[Any]
        fieldsets: ClassVar[Any]
        add_fieldsets: ClassVar[Any]
        readonly_fields: ClassVar[Any]
        actions_list: Sequence[str]
        actions_detail: Sequence[str | dict[str, Any]]
        change_form_outer_after_template: str | None
        change_form_outer_before_template: str | None

        def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]: ...

    class TabularInline(_TabularInline[Any, Any]):
        fields: ClassVar[Any]
        readonly_fields: ClassVar[Any]

    class InlineFormSet(_BaseInlineFormSet[Any, Any, Any]): ...

    class ModelForm(_ModelForm[Any]): ...

    class BaseDialogForm(_Form):
        request: HttpRequest

        def render_before_template(self) -> str: ...

    class ChangeList(_ChangeList): ...

else:
    from django.forms import ModelForm
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.contrib.filters.admin import DropdownFilter
    from unfold.forms import BaseDialogForm
    from unfold.forms import PaginationInlineFormSet as InlineFormSet
    from unfold.views import ChangeList

__all__ = [
    "BaseDialogForm",
    "ChangeList",
    "DropdownFilter",
    "InlineFormSet",
    "ModelAdmin",
    "ModelForm",
    "TabularInline",
]
