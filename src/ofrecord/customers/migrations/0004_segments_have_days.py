"""A segment holds from a day on, as a tier does. What was recorded without one has held since the program began."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from ofrecord.access.scope import policy

# Fees of all months were worked out with the one segment that was known, so it goes back to the first day that any
# version governs.
TO_SPANS = """
    insert into customers_segmentspan (customer_id, segment, during, learned_at)
    select c.id, c.segment,
           daterange(least((c.added_at at time zone 'UTC')::date, (select min(effective) from program_programversion)),
                     null),
           c.added_at
      from customers_customer c
     where c.segment <> ''
"""
TO_COLUMN = """
    update customers_customer c set segment = s.segment from customers_segmentspan s
     where s.customer_id = c.id and upper_inf(s.during)
"""
# Whoever deals with the customer; a link shows the customer, and not its segments.
OWN = """
    {partner} is not null
    and exists (select from customers_customer c where c.id = customers_segmentspan.customer_id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_scope'),
        ('customers', '0003_segment'),
        ('partners', '0003_statement_currency'),
        ('program', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SegmentSpan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.CharField(blank=True, max_length=60)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('learned_at', models.DateTimeField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.AddConstraint(
            model_name='segmentspan',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('customer', '='), ('during', '&&')], name='one_segment_a_day'),
        ),
        policy('customers_segmentspan', OWN),
        migrations.RunSQL(TO_SPANS, TO_COLUMN),
        migrations.RemoveField(model_name='customer', name='segment'),
    ]
