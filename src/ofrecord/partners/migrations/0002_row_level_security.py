"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy, readable

PERSON = "(select ofrecord_person())"
LINK = "(select ofrecord_scoped('link'))"
# A person sees the name of the house it belongs to, and who is invited that of the house it is invited to.
OWN_HOUSE = f"""
    id in (select partner_id from partners_member where person_id = {PERSON})
    or id in (select partner_id from partners_invitation where token_hash = {LINK})
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial"), ("access", "0002_scope")]
    operations = [
        policy("partners_partner", "id = {partner}"),
        policy("partners_member", "partner_id = {partner}"),
        policy("partners_invitation", "partner_id = {partner}"),
        policy("partners_apiclient", "partner_id = {partner}"),
        policy("partners_acceptance", "partner_id = {partner}"),
        policy("partners_tierspan", "partner_id = {partner}"),
        readable("partners_member", f"person_id = {PERSON}"),
        readable("partners_invitation", f"token_hash = {LINK}"),
        readable("partners_apiclient", f"token_hash = {LINK}"),
        readable("partners_partner", OWN_HOUSE),
    ]
