"""The results of Celery's tasks, in the style of this admin."""

from django.contrib import admin
from django_celery_results.admin import TaskResultAdmin as Original
from django_celery_results.models import GroupResult, TaskResult

from billing.admin.columns import state
from billing.admin.rows import ReadOnly
from billing.admin.unfold_types import ModelAdmin

admin.site.unregister(TaskResult)
admin.site.unregister(GroupResult)


@admin.register(TaskResult)
class TaskResultAdmin(ReadOnly, ModelAdmin):
    show_full_result_count = False
    list_display = ["task_id", "task_name", state("status"), "date_done", "worker"]
    list_filter = ["status", "date_done"]
    search_fields = ["task_id__exact", "task_name"]
    readonly_fields = [state("status")]
    fieldsets = Original.fieldsets
