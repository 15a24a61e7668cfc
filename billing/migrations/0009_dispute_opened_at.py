from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [("billing", "0008_package_rounding")]

    operations = [
        migrations.AddField(
            "dispute", "opened_at", models.DateTimeField(default=timezone.now), preserve_default=False
        )
    ]
