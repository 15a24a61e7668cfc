from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0002_rows_meet_their_own'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='amount_is_fixed',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
