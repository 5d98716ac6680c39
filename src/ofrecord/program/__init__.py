"""The program document: parse, check, guide, compile to Terms; the published versions.

Knows the rules as stated. Must never know a partner, an order or an amount that was billed. Promises: a
version is its bytes and never changes; what the guide says and what the judge executes are the same Terms;
every fault of a document is reported at once, with its line and a remedy.
"""
