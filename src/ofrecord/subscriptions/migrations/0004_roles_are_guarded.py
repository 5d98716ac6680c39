"""Row-level security of recorded roles, the sum of their shares, and seats that a former partner is not told.

The sum is taken when the transaction ends, so that shares can be exchanged in any order. Its function runs as the owner
(`security definer`): by then the scope of rows is unset, and the application's role would see nothing to add up. It
multiplies out instead of dividing, because a third three times is the whole.
"""

from django.db import migrations

from ofrecord.access.scope import policy

SHARES = """
    create function subscriptions_shares_fit() returns trigger language plpgsql security definer
      set search_path = public, pg_temp as $$
    declare
      begun date;
      part record;
      over numeric;
      below numeric;
    begin
      for begun in select lower(during) from subscriptions_heldrole
          where subscription_id = new.subscription_id and role = new.role loop
        over := 0;
        below := 1;
        for part in select coalesce(share_numerator, 1) as n, coalesce(share_denominator, 1) as d
            from subscriptions_heldrole
            where subscription_id = new.subscription_id and role = new.role and during @> begun loop
          over := over * part.d + part.n * below;
          below := below * part.d;
        end loop;
        if over > below then
          raise exception 'the shares of the % make more than the whole on %', new.role, begun
            using errcode = 'check_violation', constraint = 'shares_of_a_role_fit';
        end if;
      end loop;
      return null;
    end $$;
    create constraint trigger shares_of_a_role_fit after insert or update on subscriptions_heldrole
      deferrable initially deferred for each row execute function subscriptions_shares_fit();
"""
NO_SHARES = """
    drop trigger shares_of_a_role_fit on subscriptions_heldrole;
    drop function subscriptions_shares_fit();
"""
# What was decided before and after a partner's own days is not its business; what it was sold with is.
FORMER_SEATS = policy(
    "subscriptions_seatchange",
    "false",
    besides="exists (select from subscriptions_subscription s where s.id = subscriptions_seatchange.subscription_id)",
)
SEATS = policy(
    "subscriptions_seatchange",
    """exists (select from subscriptions_partnerofrecord r
      where r.subscription_id = subscriptions_seatchange.subscription_id and r.partner_id = {partner}
        and (upper_inf(r.during) or upper(r.during) > subscriptions_seatchange.day))""",
)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0003_roles_and_deals"), ("access", "0002_scope")]
    operations = [
        policy("subscriptions_heldrole", "partner_id = {partner}"),
        migrations.RunSQL(SHARES, NO_SHARES),
        migrations.RunSQL(FORMER_SEATS.reverse_sql, FORMER_SEATS.sql),
        SEATS,
    ]
