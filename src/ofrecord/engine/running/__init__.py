"""Where the steps are carried out: DuckDB in this process, or Apache Spark."""

import ibis

# A step stays a query of its own: put into one another, its expressions would be written out again wherever they are
# used, and the text would grow with each step.
ibis.options.sql.fuse_selects = False
