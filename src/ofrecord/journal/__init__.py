"""What happened, by whom, when; and the first answer to every idempotency key.

Knows no other room's words. Promises: entries are append-only, and the same key gives the same answer.
"""
