from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("integrations", "0013_gone_at_the_provider")]

    operations = [
        migrations.AddIndex(
            "conflict",
            models.Index(fields=["-created_at", "-id"], condition=Q(winner=""), name="conflict_open"),
        ),
        migrations.AddIndex(
            "entitymapping",
            models.Index(
                fields=["gone_at"],
                condition=Q(gone_at__isnull=False, gone_choice="") & ~Q(entity_id=""),
                name="mapping_gone_undecided",
            ),
        ),
    ]
