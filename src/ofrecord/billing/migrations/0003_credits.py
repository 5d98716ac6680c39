"""Payments in parts, credits, and their limits held by triggers.

A payment had a number of its own kind and was for the whole invoice: it gets an id and the invoice's total. The table is
rewritten by the owner, whom neither the trigger against changes nor row-level security stops.

Whoever records anything about an invoice locks it first; so does each trigger, so that two who did not cannot pass
their checks side by side. The functions run as the owner (`security definer`): a limit holds for all rows, not for those
that the scope shows.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from ofrecord.access.scope import policy, readable
from ofrecord.kernel.ids import new_id

# The amounts come before the ids: adding those writes every row anew, and a change of a row of this transaction would
# have the foreign key wait for its check, with which no table can be altered.
IN_PARTS = """
    alter table billing_payment disable trigger user;
    alter table billing_payment add column amount_minor bigint;
    update billing_payment p set amount_minor = i.total_minor from billing_invoice i where i.id = p.invoice_id;
    set constraints all immediate;
    alter table billing_payment alter column amount_minor set not null;
    alter table billing_payment add column uid uuid not null default gen_random_uuid();
    alter table billing_payment drop column id;
    alter table billing_payment rename column uid to id;
    alter table billing_payment alter column id drop default;
    alter table billing_payment add primary key (id);
    alter table billing_payment enable trigger user;
    set constraints all deferred;
"""

PAYMENT_WITHIN = """
    create function billing_invoice_settled(of_invoice uuid) returns bigint language sql stable
      set search_path = public, pg_temp as $$
      select coalesce((select sum(p.amount_minor) from billing_payment p where p.invoice_id = of_invoice), 0)
           - coalesce((select sum(c.amount_minor) from billing_credit c join billing_invoiceline l on l.id = c.line_id
                        where l.invoice_id = of_invoice and c.kind in ('credit note', 'write-off')), 0) $$;
    create function billing_payment_within() returns trigger language plpgsql security definer
      set search_path = public, pg_temp as $$
    declare
      bill billing_invoice;
    begin
      select * into strict bill from billing_invoice where id = new.invoice_id for no key update;
      if new.day < bill.day then
        raise exception 'payment % is of before invoice %', new.id, bill.number using errcode = 'check_violation',
          constraint = 'a_payment_comes_after_its_invoice';
      end if;
      if billing_invoice_settled(bill.id) > bill.total_minor then
        raise exception 'more is paid than is owed on invoice %', bill.number using errcode = 'check_violation',
          constraint = 'no_more_is_paid_than_is_owed';
      end if;
      return null;
    end $$;
    create constraint trigger payment_within after insert on billing_payment
      for each row execute function billing_payment_within();
"""
NO_PAYMENT_WITHIN = """
    drop trigger payment_within on billing_payment;
    drop function billing_payment_within();
    drop function billing_invoice_settled(uuid);
"""

# What is given back is held against what was paid of the whole invoice: how payments are shared over lines is a rule,
# and the rule holds it by line.
CREDIT_WITHIN = """
    create function billing_credit_within() returns trigger language plpgsql security definer
      set search_path = public, pg_temp as $$
    declare
      bill billing_invoice;
      billed bigint;
      taken bigint;
      charged bigint;
      kept bigint;
    begin
      select i.* into strict bill from billing_invoice i join billing_invoiceline l on l.invoice_id = i.id
        where l.id = new.line_id for no key update of i;
      if new.day < bill.day then
        raise exception 'credit % is of before invoice %', new.id, bill.number using errcode = 'check_violation',
          constraint = 'a_credit_comes_after_its_invoice';
      end if;
      select amount_minor into strict billed from billing_invoiceline where id = new.line_id;
      select sum(amount_minor), coalesce(sum(amount_minor) filter
          (where kind in ('chargeback', 'chargeback won back')), 0) into strict taken, charged
        from billing_credit where line_id = new.line_id;
      if taken > 0 or taken < -billed then
        raise exception 'credits of line % come to % of %', new.line_id, taken, billed
          using errcode = 'check_violation', constraint = 'no_more_is_taken_back_than_was_billed';
      end if;
      if charged > 0 then
        raise exception 'more is won back of line % than was charged back', new.line_id
          using errcode = 'check_violation', constraint = 'no_more_is_won_back_than_was_charged_back';
      end if;
      select coalesce((select sum(p.amount_minor) from billing_payment p where p.invoice_id = bill.id), 0)
           + coalesce((select sum(c.amount_minor) from billing_credit c join billing_invoiceline l on l.id = c.line_id
                        where l.invoice_id = bill.id
                          and c.kind in ('refund', 'chargeback', 'chargeback won back')), 0) into strict kept;
      if kept < 0 then
        raise exception 'more is given back of invoice % than was paid', bill.number
          using errcode = 'check_violation', constraint = 'no_more_is_given_back_than_was_paid';
      end if;
      if new.kind = 'write-off' and billing_invoice_settled(bill.id) > bill.total_minor then
        raise exception 'more is written off of invoice % than is owed', bill.number
          using errcode = 'check_violation', constraint = 'no_more_is_written_off_than_is_owed';
      end if;
      return null;
    end $$;
    create constraint trigger credit_within after insert on billing_credit
      for each row execute function billing_credit_within();
"""
NO_CREDIT_WITHIN = """
    drop trigger credit_within on billing_credit;
    drop function billing_credit_within();
"""
KINDS = ("refund", "credit note", "chargeback", "write-off", "chargeback won back")
OF_AN_INVOICE_THAT_IS_SEEN = (
    "exists (select from billing_invoiceline l join billing_invoice i on i.id = l.invoice_id"
    " where l.id = billing_credit.line_id)"
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_row_level_security")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(IN_PARTS, migrations.RunSQL.noop)],
            [
                migrations.AlterField(
                    "payment",
                    "id",
                    models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False),
                ),
                migrations.AddField("payment", "amount_minor", models.BigIntegerField(), preserve_default=False),
            ],
        ),
        migrations.AddField("payment", "reference", models.CharField(default="", max_length=120)),
        migrations.AlterField(
            "payment",
            "invoice",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.invoice"
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)), name="a_payment_is_not_negative"
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("invoice", "reference"),
                name="a_payment_is_received_once",
            ),
        ),
        migrations.CreateModel(
            "Credit",
            [
                (
                    "id",
                    models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=30)),
                ("day", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("number", models.CharField(default="", max_length=20)),
                ("reason", models.TextField()),
                ("reference", models.CharField(default="", max_length=120)),
                ("made_by", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoiceline",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "credit",
            models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="a_credit_is_of_a_known_kind"
            ),
        ),
        migrations.AddConstraint(
            "credit",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_minor__gt", 0), ("kind", "chargeback won back")),
                    models.Q(
                        models.Q(("kind", "chargeback won back"), _negated=True), ("amount_minor__lt", 0)
                    ),
                    _connector="OR",
                ),
                name="a_credit_takes_back",
            ),
        ),
        migrations.AddConstraint(
            "credit",
            models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("line", "reference"),
                name="a_credit_is_made_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="credit",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="65fda1dbc5cc7df030acbcc339f2846f3d9712e8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_26f1f",
                    table="billing_credit",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL("create sequence credit_note_number", "drop sequence credit_note_number"),
        policy("billing_credit", "false"),
        readable("billing_credit", OF_AN_INVOICE_THAT_IS_SEEN),
        migrations.RunSQL(PAYMENT_WITHIN, NO_PAYMENT_WITHIN),
        migrations.RunSQL(CREDIT_WITHIN, NO_CREDIT_WITHIN),
    ]
