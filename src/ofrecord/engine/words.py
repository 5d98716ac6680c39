"""Why a line pays nothing, in sentences that the judge and the columns both write."""

from typing import Final

NO_BASELINE: Final = "Nothing was billed a year before, so nothing can have grown."
NOT_ABOVE: Final = "What was billed is not above the baseline."
CAP_REACHED: Final = "The cap was reached before."
PAID_ONCE: Final = "This is paid once, with the first bill."
TOO_SMALL: Final = "What the rate gives is rounded to nothing."
NO_FEE_BELOW: Final = "The fee that this is a share of is zero."
ALL_TAKEN_BACK: Final = "All that was billed was taken back."
NO_MARGIN: Final = "What was billed is not above the wholesale price."
TAKEN_BACK_LATE: Final = "What it was paid for was taken back after the claw window."
