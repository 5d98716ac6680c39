"""What a partner receives for a month: its lines, their total, and why.

Knows how to put a line's working into words. Promises: a statement's total is the sum of its lines and of what
the ledger holds; a reader is given one partner's lines, never a book.
"""
