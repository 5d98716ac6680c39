"""Writes about invoices, one verb or a few close ones a file."""

from ofrecord.billing.actions.bill_month import bill_month_of_all

__all__ = ["bill_month_of_all"]
