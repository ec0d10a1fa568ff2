# The page of a live trace in a browser: it moves, sorts, filters, tells histories, and is there for everybody.
. "$TOP/tests/lib/browser.sh"
browse live
