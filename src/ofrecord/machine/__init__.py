"""The ground the product stands on: the data folder, its PostgreSQL, the two database roles, the processes.

Knows files, processes and SQL's roles; must never know a word of the business. Promises: one installation at
a time uses a data folder, no password is ever asked for or trusted away, and when it ends no process is left.
"""
