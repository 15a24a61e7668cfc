from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


def take_over_deletions(apps, _schema_editor):
    mappings = apps.get_model("integrations", "EntityMapping").objects.filter(deleted_there=True)
    mappings.update(gone_at=Coalesce(F("seen_at"), F("updated_at")), gone_reason="It was deleted there.")


class Migration(migrations.Migration):
    # The data and the columns are changed in transactions of their own.
    atomic = False

    dependencies = [("integrations", "0012_refresh_action")]

    operations = [
        migrations.AddField("entitymapping", "gone_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "entitymapping", "gone_reason", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField(
            "entitymapping",
            "gone_choice",
            models.CharField(
                blank=True,
                choices=[("create_anew", "Create anew"), ("archive", "Archive here"), ("leave", "Leave it")],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            "entitymapping",
            "decided_by",
            models.CharField(blank=True, db_default="", default="", max_length=150),
        ),
        migrations.AddField("entitymapping", "decided_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "entitymapping",
            "former_entity_id",
            models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddIndex(
            "entitymapping",
            models.Index(
                fields=["former_entity_id"],
                condition=~Q(former_entity_id=""),
                name="mapping_of_former",
            ),
        ),
        migrations.AlterField(
            "mappingchange",
            "action",
            models.CharField(
                choices=[
                    ("linked", "Linked"),
                    ("relinked", "Relinked"),
                    ("unlinked", "Unlinked"),
                    ("created_anew", "Created anew"),
                    ("archived", "Archived"),
                    ("left", "Left"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(take_over_deletions, migrations.RunPython.noop),
        migrations.RemoveField("entitymapping", "deleted_there"),
    ]
