"""Files that people are handed: a statement as PDF and as a workbook.

Knows how a statement is laid out on paper and in a spreadsheet; knows no database, no request and no reader. It
promises that the same statement gives the same bytes, and that a file whose lines do not sum to what the
statement says is refused.
"""
