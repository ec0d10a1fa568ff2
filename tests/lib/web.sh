# A live page of the case's own, on loopback, stopped by its pid. Source it.
# shellcheck shell=bash disable=SC2034 # used by cases

page_address() { # of FILE, what memtrace said: sets $URL, $BASE (without a path) and $TOKEN
	URL=$(sed -n 's/^memtrace: live page: //p' "$1")
	[ -n "$URL" ] || return 1
	BASE=${URL%%/\?*}
	TOKEN=${URL##*token=}
}

page_start() { # ARG... of memtrace: in the background; $PAGE_PID
	: >page.err
	# What runs in the background ignores SIGINT, unless told otherwise.
	env --default-signal=INT "$MEMTRACE" "$@" <&0 2>>page.err 3>&- 4>&- &
	PAGE_PID=$!
	wait_for page_is_up
}

program_start() { # ARG... of memtrace: the same, and what it traces does as it's told
	[ -p to ] || mkfifo to from
	exec 3<>to 4<>from
	page_start "$@" <to >from
}

say() { # WORDS: to that program (tests/progs/page_maps.c), until it has done it
	local answer
	echo "$*" >&3
	read -r -t 30 answer <&4 || fail "no answer to $*"
}

program_end() {
	exec 3>&-
	wait "$PAGE_PID"
	STATUS=$?
}

page_is_up() {
	page_address page.err || { kill -0 "$PAGE_PID" 2>/dev/null || fail "it ended: $(cat page.err)"; false; }
}

page_stop() { # by SIGINT; $STATUS
	kill -INT "$PAGE_PID" 2>/dev/null
	wait "$PAGE_PID"
	STATUS=$?
}

get() { # PATH: the body
	tool web get "$BASE$1" "$TOKEN"
}

get_status() { # PATH [HEADER...]: "STATUS BODY", without the token
	tool web status "$BASE$1" "${@:2}"
}

is_true() { # PATH FILTER of jq: whether that is true of it
	local body
	body=$(get "$1" 2>/dev/null) && jq -e "$2" <<<"$body" >/dev/null
}
