from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0038_echoes'),
    ]

    operations = [
        migrations.AddField(
            model_name='alert',
            name='named',
            field=ArrayField(base_field=models.CharField(max_length=255), blank=True, db_default=[], default=list, editable=False, size=None),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=GinIndex(fields=['named'], name='alert_named'),
        ),
    ]
