"""Users and groups: who may look, and who may act."""

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from billing.admin.unfold_types import ModelAdmin

admin.site.unregister(User)
admin.site.unregister(Group)
# Its page shows the keys.
admin.site.unregister(TOTPDevice)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    show_full_result_count = False
    actions = ("remove_second_factor",)

    @admin.action(description="Take the second factor away", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """For people who have lost their device: they log in by password until they set up another."""
        having = list(users.filter(totpdevice__isnull=False).distinct())
        TOTPDevice.objects.filter(user__in=having).delete()
        for user in having:
            self.log_change(request, user, "Took the second factor away.")
        names = ", ".join(user.get_username() for user in having) or "nobody, because none of them has one"
        messages.success(request, f"Took the second factor away from {names}.")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A user who has left is deactivated: deleting the user would delete the history of what they did."""
        return False


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    show_full_result_count = False
