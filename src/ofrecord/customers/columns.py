"""What customers testify to settlement, as SQL over their own tables: for whoever reads all of it as columns."""

from datetime import date

# Whole spans; those of a customer have no day in common.
SEGMENTS_SQL = """
select customer_id::text as customer, segment, lower(during) as first, upper(during) as until from customers_segmentspan
where not isempty(during)
"""


def marks_sql(through: date) -> dict[str, str]:
    """A row for each day on which segments begin or end, with how many do and a hash of all."""
    known = f"<= date '{through}'"
    return {
        "segments": f"""
        select day, count(*), bit_xor(hash_record_extended(row(customer_id, segment, ends, day), 0)) from (
            select customer_id, segment, false as ends, lower(during) as day
              from customers_segmentspan where lower(during) {known}
            union all
            select customer_id, segment, true, upper(during) from customers_segmentspan where upper(during) {known}
        ) turns group by 1"""
    }
