"""Subscriptions, their seats, and the partner of record as dated spans that never overlap.

Knows no invoice and no fee. Promises: one subscription per confirmed order; seats of a day are never in doubt;
at most one partner of record on any day.
"""
