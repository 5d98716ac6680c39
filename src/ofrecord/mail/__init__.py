"""Messages that leave the house: queued in the transaction that causes them, sent by the worker.

Knows addresses and texts, never why. Promises: a message is sent once it is committed, and is
kept no longer than needed: its text is blanked once it is sent. A demonstration keeps it for reading, sends nothing.
"""
