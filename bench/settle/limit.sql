-- What the benchmark's program pays, written by hand for just this program and these facts.
--
-- An expert knows more than an engine may assume: that every amount is at least zero, so that what was used of a cap is a
-- plain running sum; that one program version governs all; which columns are the same in every line. What an engine must
-- do exactly is done exactly: products in 128 bits, whole divisions, shares by largest remainder.
COPY (
    WITH
    -- A subscription's partners of record in the order of their days.
    spans AS (
        SELECT subscription, list({'partner': partner, 'first': first, 'until': until} ORDER BY first) AS spans
        FROM recognitions WHERE role = 'partner of record' GROUP BY subscription
    ),
    -- What was taken back by the day.
    taken AS (
        SELECT invoice_line, sum(amount_minor)::BIGINT AS minor, max(day) AS latest, list(id ORDER BY day, id) AS ids
        FROM credits WHERE day <= $through AND kind IN ('refund', 'credit note', 'chargeback', 'write-off')
        GROUP BY invoice_line
    ),
    -- Each partner's tier on each day of invoices.
    held AS (
        SELECT partner, day AS invoice_day, tier
        FROM tiers, (SELECT DISTINCT invoice_day FROM facts) AS days(day)
        WHERE first <= day AND (until IS NULL OR day < until)
    ),
    -- The lines, with the first days of their pieces where there are several: where the partner changes, or the first year ends.
    lines AS (
        SELECT facts.* EXCLUDE (way, currency, terms_sha256, list_minor, wholesale_minor, first_seats, commitment_months),
            billed_minor + coalesce(taken.minor, 0) AS source_minor, taken.latest AS credited_on, taken.ids AS facts, spans,
            (started_on + INTERVAL 12 MONTH)::DATE AS second_year,
            CASE WHEN len(spans) > 1 OR (service_first < second_year AND second_year < service_until) THEN
                list_sort(list_distinct([service_first] || list_filter(
                    [second_year] || list_transform(spans, lambda span: span.first)
                        || list_transform(spans, lambda span: span.until),
                    lambda day: service_first < day AND day < service_until))) END AS starts
        FROM facts JOIN spans USING (subscription) LEFT JOIN taken USING (invoice_line)
        WHERE terms_sha256 = $terms AND way = 'partner-of-record' AND currency = 'USD' AND invoice_day <= $through
    ),
    weighted AS (
        SELECT *, CASE WHEN len(starts) > 1 THEN list_transform(list_zip(starts, starts[2:] || [service_until]),
            lambda ends: (ends[2] - ends[1])::BIGINT) END AS weights
        FROM lines
    ),
    pieces AS (
        SELECT * EXCLUDE (starts), unnest(CASE WHEN weights IS NULL THEN [0] ELSE range(len(weights)) END) AS piece,
            CASE WHEN weights IS NULL THEN service_first ELSE starts[piece + 1] END AS piece_first,
            CASE WHEN weights IS NULL THEN service_until ELSE piece_first + weights[piece + 1]::INTEGER END AS piece_until
        FROM weighted
    ),
    -- Shared by largest remainder; the floors leave less than there are pieces.
    shared AS (
        SELECT * EXCLUDE (spans), CASE WHEN weights IS NULL THEN source_minor ELSE
            source_minor::HUGEINT * weights[piece + 1] // list_sum(weights) + (
                len(list_filter(list_transform(weights, lambda days, place: {
                        'rest': source_minor::HUGEINT * days % list_sum(weights), 'place': place}), lambda other:
                    other.rest > source_minor::HUGEINT * weights[piece + 1] % list_sum(weights)
                    OR other.rest = source_minor::HUGEINT * weights[piece + 1] % list_sum(weights)
                        AND other.place < piece + 1))
                < source_minor - list_sum(list_transform(weights, lambda days:
                    source_minor::HUGEINT * days // list_sum(weights))))::INTEGER END::BIGINT AS basis_minor,
            CASE WHEN len(spans) = 1 THEN spans[1] ELSE list_filter(spans, lambda span:
                span.first <= piece_first AND (span.until IS NULL OR piece_first < span.until))[1] END AS span
        FROM pieces
    ),
    claimed AS (
        SELECT shared.* EXCLUDE (span), span.partner AS partner, span.first AS recognized_from,
            clause, rate_numerator, rate_denominator, cap_minor
        FROM shared LEFT JOIN held ON held.partner = span.partner AND held.invoice_day = shared.invoice_day
        JOIN clauses ON clauses.tier = coalesce(held.tier, 'Registered') AND clauses.ongoing = (piece_first >= second_year)
        WHERE span.partner IS NOT NULL
    ),
    rounded AS (
        SELECT *, ((2 * basis_minor::HUGEINT * rate_numerator + rate_denominator) // (2 * rate_denominator))::BIGINT AS raw_minor
        FROM claimed
    ),
    used AS (
        SELECT * EXCLUDE (cap_minor, rate_numerator, rate_denominator), least(cap_minor, coalesce(sum(raw_minor) OVER (
            PARTITION BY subscription, clause ORDER BY invoice_day, service_first, invoice_line, piece
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::BIGINT AS cap_used_minor
        FROM rounded
    ),
    -- Sorted while it is narrow; what follows from other columns is written down after.
    ordered AS (SELECT * FROM used ORDER BY partner, invoice, piece_first, invoice_line),
    -- Not by joins, which would hand on the rows in another order.
    stated AS (
        SELECT *,
            CASE clause WHEN 1 THEN 'first-year-registered' WHEN 2 THEN 'first-year-silver' WHEN 3 THEN 'first-year-gold'
                WHEN 4 THEN 'ongoing-registered' WHEN 5 THEN 'ongoing-silver' ELSE 'ongoing-gold' END AS name,
            CASE clause WHEN 1 THEN 3 WHEN 2 THEN 7 WHEN 3 THEN 4 WHEN 4 THEN 3 WHEN 5 THEN 7 ELSE 2 END AS rate_numerator,
            CASE clause WHEN 1 THEN 25 WHEN 2 THEN 50 WHEN 3 THEN 25 WHEN 4 THEN 50 WHEN 5 THEN 100 ELSE 25 END
                AS rate_denominator,
            CASE clause WHEN 1 THEN 'Registered' WHEN 2 THEN 'Silver' WHEN 3 THEN 'Gold'
                WHEN 4 THEN 'Registered' WHEN 5 THEN 'Silver' ELSE 'Gold' END AS tier,
            CASE WHEN clause <= 3 THEN 30000::BIGINT ELSE 15000::BIGINT END AS cap_minor,
            CASE WHEN offer = 'backup' THEN 'protection' ELSE 'collaboration' END AS family
        FROM ordered
    ),
    figures AS (
        SELECT *, gcd((basis_minor::HUGEINT * rate_numerator % rate_denominator)::BIGINT, rate_denominator::BIGINT) AS divisor,
            least(raw_minor, cap_minor - cap_used_minor) AS whole_minor
        FROM stated
    )
    SELECT
        {number}
        partner, 'partner of record' AS role, recognized_from, 'sale' AS source, invoice_line AS event,
        invoice_day AS event_day, invoice_line, invoice, invoice_day, subscription, started_on, customer, offer, family,
        'partner-of-record' AS way, region, segment, deal, tier,
        piece_first AS service_first, piece_until AS service_until,
        month_index(started_on, piece_first) AS month_first, month_index(started_on, piece_until - 1) AS month_last,
        seats, unit_price_minor, billed_minor, source_minor - billed_minor AS credited_minor, credited_on,
        coalesce(facts, []) AS facts, 'billed' AS basis, source_minor,
        coalesce(weights, [(piece_until - piece_first)::BIGINT]) AS weights, piece::INTEGER AS piece, basis_minor,
        'USD' AS currency, $terms AS terms_sha256, 'benchmark' AS program, '1' AS version, name AS clause,
        [{'amount_minor': basis_minor, 'rate_numerator': rate_numerator::DECIMAL(38, 0),
            'rate_denominator': rate_denominator::DECIMAL(38, 0)}] AS slices,
        0::BIGINT AS measured, 0::BIGINT AS baseline_minor, 0::BIGINT AS grown_minor, 0::BIGINT AS amount_minor,
        0::DECIMAL(38, 0) AS quantity_numerator, 1::DECIMAL(38, 0) AS quantity_denominator,
        (basis_minor::HUGEINT * rate_numerator // divisor)::DECIMAL(38, 0) AS exact_numerator,
        (rate_denominator // divisor)::DECIMAL(38, 0) AS exact_denominator,
        'half up' AS rounding, raw_minor, cap_minor, cap_used_minor, NULL::BIGINT AS floor_minor, 0::BIGINT AS reached_minor,
        whole_minor, 1::DECIMAL(38, 0) AS share_numerator, 1::DECIMAL(38, 0) AS share_denominator,
        0::INTEGER AS share_remainder, whole_minor AS earned_minor,
        CASE WHEN whole_minor > 0 THEN '' WHEN raw_minor > 0 THEN 'The cap was reached before.'
            WHEN basis_minor > 0 THEN 'What the rate gives is rounded to nothing.'
            ELSE 'All that was billed was taken back.' END AS reason,
        NULL::DATE AS release_on, 'USD' AS due_currency, 1::DECIMAL(38, 0) AS exchange_numerator,
        1::DECIMAL(38, 0) AS exchange_denominator, NULL::DATE AS exchange_day, whole_minor AS due_earned_minor,
        '' AS waits, FALSE AS withdrawn, '' AS corrects, '' AS cause, whole_minor AS retained_minor,
        0::BIGINT AS booked_minor, whole_minor AS fee_minor, 0::BIGINT AS due_booked_minor, whole_minor AS due_minor,
        0::BIGINT AS held_minor, 0::BIGINT AS waived_minor, 0::BIGINT AS freed_minor
    FROM figures
) TO '{book}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {rows}, PARQUET_VERSION V2)
