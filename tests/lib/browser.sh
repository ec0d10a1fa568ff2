# A real browser for the live page. Source it, then browse SCENARIO (tests/browser/page.mjs).
# shellcheck shell=bash
browse() { # SCENARIO [VARIABLE=VALUE...]
	need node
	need chromium
	local modules=$TOP/build/npm/node_modules
	[ -d "$modules/playwright-core" ] || skip "playwright-core isn't installed: make deps-test"
	"$MEMTRACE" --version | grep -q 'live page' || skip "this memtrace has no page"
	env MEMTRACE="$MEMTRACE" PROGS="$PROGS" MODULES="$modules" HOME="$PWD" XDG_CONFIG_HOME="$PWD" "${@:2}" \
		timeout 55 node "$TOP/tests/browser/page.mjs" "$1" >browser.out 2>&1 || fail "$1: $(cat browser.out)"
}
