"""Invoices of calendar months in arrears, what was paid of them, and what was taken back.

Knows no fee. Promises: one invoice per subscription and month, each line exact to the day; an invoice never changes,
payments and credits are facts of their own. Never more is paid than is owed, taken back than was billed, or given
back than was paid; what each payment pays of each line follows from days and ids alone, however it arrived.
"""
