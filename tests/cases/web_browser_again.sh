# The page finds its server again after that was killed and started anew.
. "$TOP/tests/lib/browser.sh"
browse reconnect
