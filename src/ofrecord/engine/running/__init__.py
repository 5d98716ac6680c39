"""Where the steps are carried out: DuckDB in this process, or Apache Spark."""
