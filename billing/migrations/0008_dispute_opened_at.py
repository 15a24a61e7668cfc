from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [("billing", "0007_longer_decimals")]

    operations = [
        migrations.AddField(
            "dispute", "opened_at", models.DateTimeField(default=timezone.now), preserve_default=False
        )
    ]
