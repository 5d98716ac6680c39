"""People, sign-in, roles and what each role may do; the scope of rows that a reader may see.

Knows no partner by more than its id. Promises: names and e-mail addresses of people live in one erasable table;
a scope that nobody set shows no row.
"""
