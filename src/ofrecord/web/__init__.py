"""The pages: desk (vendor staff), portal (partners) and confirm (customers), and the look they share.

Knows how a page is asked for, drawn and answered. It must never decide anything: a page reads by queries,
writes by actions and flows, and shows a refusal in the refusal's own words. No page computes an amount, not
even in the browser.

Promises: every page works with the keyboard, with a screen reader, on a phone, in light and in dark, and
without JavaScript; every list can be searched, filtered, sorted and exported; every computed number can be
asked "why?". How a page is built: docs/reference/pages.md.
"""
