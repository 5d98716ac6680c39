"""Invoices of calendar months in arrears, and what was paid.

Knows no fee. Promises: one invoice per subscription and month, each line exact to the day; an invoice never changes,
its payment is a fact of its own.
"""
