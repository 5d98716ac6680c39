"""Runs that close a month: snapshot, judge, book, ledger.

Knows no page. Promises: a month is closed once, into a book whose hash is on the ledger; a run that ended early left
nothing behind, and the next one does the whole; closing again adds nothing.
"""
