"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy

# A person sees the name of the house it belongs to, and who is invited that of the house it is invited to.
OWN_HOUSE = """
    id in (select partner_id from partners_member where person_id = (select ofrecord_scoped('person')::uuid))
    or id in (select partner_id from partners_invitation where token_hash = (select ofrecord_scoped('link')))
"""


class Migration(migrations.Migration):
    dependencies = [('partners', '0001_initial'), ('access', '0002_scope')]
    operations = [
        migrations.RunSQL("create sequence partner_number", "drop sequence partner_number"),
        policy('partners_partner', 'id = {partner}', besides=OWN_HOUSE),
        policy('partners_member', 'partner_id = {partner}', besides="person_id = (select ofrecord_scoped('person')::uuid)"),
        policy('partners_invitation', 'partner_id = {partner}', besides="token_hash = (select ofrecord_scoped('link'))"),
        policy('partners_apiclient', 'partner_id = {partner}', besides="token_hash = (select ofrecord_scoped('link'))"),
        policy('partners_acceptance', 'partner_id = {partner}'),
        policy('partners_tierspan', 'partner_id = {partner}'),
    ]
