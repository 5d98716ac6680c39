"""Messages that leave the house: queued in the transaction that causes them, sent by the worker.

Knows addresses and texts, never why. Promises: a message is sent once it is committed, and at most kept as long as needed:
its text is blanked once it is sent, except in a demonstration, which keeps it for reading and sends nothing.
"""
