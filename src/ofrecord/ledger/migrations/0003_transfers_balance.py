"""A rule can be forgotten by a caller; the sum cannot be forgotten by the table.

The function runs as the owner (`security definer`): at the commit, when it looks, the scope of rows is unset, and under the
application's role row-level security would show it no posting to add up.
"""

from django.db import migrations

BALANCE = """
    create function ledger_transfer_balances() returns trigger language plpgsql security definer
      set search_path = public, pg_temp as $$
    declare
      rest numeric;
    begin
      select sum(amount_minor) into strict rest from ledger_posting
        where transfer_id = new.transfer_id and currency = new.currency;
      if rest is distinct from 0 then
        raise exception 'transfer % does not balance: % %', new.transfer_id, rest, new.currency
          using errcode = 'check_violation';
      end if;
      return null;
    end $$;
    create constraint trigger transfer_balances after insert on ledger_posting
      deferrable initially deferred for each row execute function ledger_transfer_balances();
"""
NO_BALANCE = """
    drop trigger transfer_balances on ledger_posting;
    drop function ledger_transfer_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_row_level_security")]
    operations = [migrations.RunSQL(BALANCE, NO_BALANCE)]
