from django.db import migrations

# The library's own id is the prefix with the key's hash, which then stands in the address of the key's page.
KEYS = "UPDATE billing_apikey SET id = prefix WHERE id <> prefix"
HISTORY = """
UPDATE django_admin_log SET object_id = split_part(object_id, '.', 1)
FROM django_content_type kind
WHERE kind.id = django_admin_log.content_type_id AND kind.app_label = 'billing' AND kind.model = 'apikey'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_lists_by_change'),
        ('admin', '0003_logentry_add_action_flag_choices'),
    ]

    operations = [
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(HISTORY, migrations.RunSQL.noop),
    ]
