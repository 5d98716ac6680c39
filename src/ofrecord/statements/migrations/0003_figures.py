"""Statements say what came in and what went out. Those of before were payable at once, and in whole."""

from django.db import migrations, models
from django.db.models import F, Q

AMOUNTS = ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")
COUNTS = ("corrections", "waiting")

# The record stays as it was written; what is new on it follows from what stands there.
FILL = migrations.RunSQL(
    """
    alter table statements_statement disable trigger user;
    update statements_statement set new_minor = total_minor, payable_minor = total_minor;
    alter table statements_statement enable trigger user;
    """,
    migrations.RunSQL.noop,
)


def _zero(name: str, field: type[models.Field]) -> migrations.AddField:
    return migrations.AddField("statement", name, field(default=0), preserve_default=False)


def _check(name: str, condition: Q) -> migrations.AddConstraint:
    return migrations.AddConstraint("statement", models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [('statements', '0002_row_level_security')]
    operations = [
        *(_zero(f'{name}_minor', models.BigIntegerField) for name in AMOUNTS),
        *(_zero(name, models.PositiveIntegerField) for name in COUNTS),
        FILL,
        _check('a_statement_sums_its_lines', Q(total_minor=F('new_minor') + F('corrected_minor'))),
        _check(
            'a_statement_adds_up',
            Q(
                payable_minor=F('opening_minor')
                + F('total_minor')
                + F('waived_minor')
                - F('held_minor')
                + F('released_minor')
                - F('carried_minor')
            ),
        ),
        _check('nothing_below_zero_is_payable', Q(payable_minor__gte=0)),
    ]
