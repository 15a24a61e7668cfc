from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_refunds_and_charges")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="preferred_locale",
            field=models.CharField(blank=True, default="", max_length=35),
        ),
        migrations.AddField(
            model_name="customer", name="tax_ids", field=models.JSONField(blank=True, default=list)
        ),
    ]
