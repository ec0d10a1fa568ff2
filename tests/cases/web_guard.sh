# Who may see the page: the token decides, and neither other sites nor other names get past it.
. "$TOP/tests/lib/web.sh"
trap 'kill -KILL "$PAGE_PID" 2>/dev/null' EXIT
mkfifo never
page_start --serve --serve-host=proxy.example -- cat never
auth="Authorization: Bearer $TOKEN"
port=${BASE##*:}
status() { get_status "$@" | head -c 3; }

equal 'loopback alone' "${BASE%:*}" http://127.0.0.1
equal 'no token' "$(status /)" 401
equal 'wrong token' "$(status '/?token=00000000000000000000000000000000')" 401
equal 'a part of it' "$(status "/?token=${TOKEN%?}")" 401
equal 'the token' "$(status "/?token=$TOKEN")" 200
equal 'only at the page' "$(status "/api/v1/run?token=$TOKEN")" 401
equal bearer "$(status /api/v1/run "$auth")" 200
equal cookie "$(status /api/v1/run "Cookie: a=b; memtrace-$port=$TOKEN; c=d")" 200
equal 'wrong cookie' "$(status /api/v1/run "Cookie: memtrace-$port=${TOKEN}0")" 401
equal 'another cookie' "$(status /api/v1/run "Cookie: memtrace-1=$TOKEN")" 401
equal 'no files' "$(status /../../etc/passwd "$auth")" 404
contains words "$(get_status /)" 'open the address that memtrace printed'

# Names: rebinding comes by its own; a forwarded port is as good as ours.
equal 'another name' "$(status /api/v1/run "$auth" 'Host: evil.example')" 403
equal 'its port' "$(status /api/v1/run "$auth" "Host: evil.example:$port")" 403
equal 'a forwarded port' "$(status /api/v1/run "$auth" 'Host: localhost:9999')" 200
equal 'IPv6' "$(status /api/v1/run "$auth" 'Host: [::1]:9999')" 200
equal 'a given name' "$(status /api/v1/run "$auth" 'Host: Proxy.example')" 200
equal 'no name' "$(status /api/v1/run "$auth" 'Host: ')" 403

# Origins.
equal 'own origin' "$(status /api/v1/run "$auth" "Host: 127.0.0.1:$port" "Origin: http://127.0.0.1:$port")" 200
equal 'another port' "$(status /api/v1/run "$auth" "Host: 127.0.0.1:$port" 'Origin: http://127.0.0.1:1')" 403
equal 'another origin' "$(status /api/v1/run "$auth" 'Origin: http://evil.example')" 403
equal 'null origin' "$(status /api/v1/run "$auth" 'Origin: null')" 403
equal 'cross-site' "$(status /api/v1/run "$auth" 'Sec-Fetch-Site: cross-site')" 403
equal 'same site' "$(status /api/v1/run "$auth" 'Sec-Fetch-Site: same-site')" 403
equal 'a link' "$(status "/?token=$TOKEN" 'Sec-Fetch-Site: cross-site')" 200

# Methods, and headers that go with all.
for method in POST PUT DELETE OPTIONS HEAD; do
	equal "$method" "$(tool web_faults method "$BASE/api/v1/run" "$TOKEN" "$method")" 405
done
tool web headers "$BASE/?token=$TOKEN" >answered
for header in 'Referrer-Policy: no-referrer' 'X-Content-Type-Options: nosniff' 'Cross-Origin-Resource-Policy: same-origin' \
	'Cache-Control: no-store' "Set-Cookie: memtrace-$port=$TOKEN; HttpOnly; SameSite=Strict; Path=/"; do
	grep -qF -- "$header" answered || fail "no $header in $(cat answered)"
done
grep -q "^Content-Security-Policy: default-src 'none'" answered || fail "no policy"
! grep -qE "unsafe|Access-Control" answered || fail "$(cat answered)"
! tool web headers "$BASE/api/v1/run" "$auth" | grep -q Set-Cookie || fail "a cookie where nobody greeted"

# Guessing is slowed down, and keeps nobody out who has the token.
tool web_faults guess "$BASE" || fail "guessing isn't slowed down"
equal 'who has the token' "$(status /api/v1/run "$auth")" 200
kill -KILL "$PAGE_PID"

# The token of a file, and what can't be.
refused() { # WORDS ARG...
	local words=$1
	shift
	equal "status of $*" "$(status_of "$MEMTRACE" "$@" 2>refused.err)" 125
	contains "words of $*" "$(cat refused.err)" "$words"
}
refused 'others can reach that address' --serve=0.0.0.0:0 -- true
refused "isn't a port" --serve=:70000 -- true
refused 'in brackets' --serve=::1 -- true
refused "can't open" --serve --serve-token-file=missing -- true
refused 'none is asked for; add --serve' --serve-wait -- true
refused '--serve takes its address behind a =: --serve=:8080' --serve :8080 -- true
echo short >token
refused 'its line must be' --serve --serve-token-file=token -- true
echo 'a-token-of-my-own' >token
page_start --serve=127.0.0.1:0 --serve-token-file=token -- cat never
equal "a file's token isn't told" "$TOKEN" TOKEN
equal "a file's token" "$(status /api/v1/run 'Authorization: Bearer a-token-of-my-own')" 200
refused 'is taken' "--serve=:${BASE##*:}" -- true
