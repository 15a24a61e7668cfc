"""How PostgreSQL looks up what a new row points at, at commit: by id, even in a table that it knows nothing
of yet.
"""

import re

import pytest
from django.db import connection

# Composite foreign keys: the table pointed at, and what both rows share besides the id.
REFERENCES = """
SELECT DISTINCT confrelid::regclass::text, attname
FROM pg_constraint JOIN pg_attribute ON attrelid = confrelid AND attnum = confkey[2]
WHERE contype = 'f' AND cardinality(confkey) = 2
"""
# What the trigger of a foreign key asks (PostgreSQL's ri_triggers.c); it keeps the plan until the next
# ANALYZE.
LOOK_UP = """
PREPARE look_up (varchar, varchar) AS SELECT 1 FROM ONLY {0} x WHERE id = $1 AND {1} = $2 FOR KEY SHARE OF x
"""


@pytest.mark.django_db
def test_a_parent_is_found_by_its_id_before_any_statistics() -> None:
    """Found by its environment alone, each row would cost more than the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        # Other tests may have left tables that are known to be empty.
        cursor.execute("TRUNCATE billing_environment CASCADE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(REFERENCES)
        references = cursor.fetchall()
        assert len(references) > 5
        for table, shared in references:
            cursor.execute(LOOK_UP.format(table, shared))
            cursor.execute("EXPLAIN EXECUTE look_up ('', '')")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("DEALLOCATE look_up")
            assert re.search(r"Index Cond: .*\bid\b", plan), f"{table}: {plan}"
