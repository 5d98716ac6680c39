"""Orders, their links, and the customer's answer: confirmed, declined, or a question.

Knows no subscription. Promises: a link's secret is stored as a hash only; an order is confirmed once, whatever is
clicked twice or raced; a link that has expired, was withdrawn or answered changes nothing.
"""
