# The page of what another memtrace writes into a database, in a browser.
. "$TOP/tests/lib/mysql.sh"
. "$TOP/tests/lib/browser.sh"
server_start
server_init
browse mysql WRITER_DSN="$DSN" READER_DSN="$READER_DSN"
