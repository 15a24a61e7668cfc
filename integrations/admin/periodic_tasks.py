"""Celery beat's schedule, in the style of this admin."""

from typing import Any

from django.contrib import admin
from django_celery_beat import admin as original
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from billing.admin.unfold_types import ModelAdmin

SCHEDULES = (IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule)
admin.site.unregister((PeriodicTask, *SCHEDULES))


class TaskSelect(UnfoldAdminSelectWidget, original.TaskSelectWidget):  # type: ignore[misc]
    """Offers the tasks that Celery knows."""


class PeriodicTaskForm(original.PeriodicTaskForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(original.PeriodicTaskAdmin, ModelAdmin):  # type: ignore[misc]
    form = PeriodicTaskForm
    # The package's own has a script inside, which Content-Security-Policy refuses.
    change_form_template = None
    date_hierarchy = None
    show_full_result_count = False


@admin.register(*SCHEDULES)
class ScheduleAdmin(ModelAdmin):
    """When tasks run."""
