from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0027_process_leases'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboundcall',
            name='was_seen',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
