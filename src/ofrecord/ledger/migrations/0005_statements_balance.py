"""What one statement writes balances: a transfer's postings come together, and nothing is left to look at the commit.

A trigger for each row reads the transfer of each row again, which took a third of the posting of a month. Postings are
never changed nor removed, so if each statement's balance, by transfer and currency, all that was ever written does.
The function reads the new rows alone: it needs to see nothing that its caller does not.
"""

from importlib import import_module

from django.db import migrations

FORMER = import_module("ofrecord.ledger.migrations.0003_transfers_balance")
BALANCE = """
    create function ledger_statement_balances() returns trigger language plpgsql
      set search_path = public, pg_temp as $$
    declare
      crooked record;
    begin
      select transfer_id, currency, sum(amount_minor) as rest into crooked from written
        group by transfer_id, currency having sum(amount_minor) <> 0 limit 1;
      if found then
        raise exception 'transfer % does not balance: % %', crooked.transfer_id, crooked.rest, crooked.currency
          using errcode = 'check_violation';
      end if;
      return null;
    end $$;
    create trigger statement_balances after insert on ledger_posting
      referencing new table as written for each statement execute function ledger_statement_balances();
"""
NO_BALANCE = """
    drop trigger statement_balances on ledger_posting;
    drop function ledger_statement_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_who_writes")]
    operations = [
        migrations.RunSQL(FORMER.NO_BALANCE, FORMER.BALANCE),
        migrations.RunSQL(BALANCE, NO_BALANCE),
    ]
