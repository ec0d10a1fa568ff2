"""What clients of a live page can do wrong.

web_faults.py method URL TOKEN METHOD   print the status of another method
web_faults.py guess BASE                guess tokens until it's slowed down
web_faults.py half BASE TOKEN           half-open connections: others are served; they are cut off
web_faults.py large BASE TOKEN          headers without end
web_faults.py slow BASE TOKEN           streams that nobody reads: others are served
web_faults.py garbage BASE TOKEN        bytes that are no request
"""
import http.client
import json
import random
import select
import socket
import sys
import time
import urllib.parse


def place(base):
    parts = urllib.parse.urlsplit(base)
    return parts.hostname, parts.port


def status(base, token, path="/api/v1/run", method="GET"):
    connection = http.client.HTTPConnection(*place(base), timeout=20)
    connection.request(method, path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def connected(base, receive=None):
    s = socket.socket()
    if receive:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    s.settimeout(20)
    s.connect(place(base))
    return s


def guess(base):
    seen = [status(base, f"{i:032x}") for i in range(60)]
    assert 429 in seen and set(seen) == {401, 429}, seen


def half(base, token):
    """A connection that says nothing, or half of what it should, is cut off; until then others are served."""
    open_ones = [connected(base) for _ in range(100)]
    for s in open_ones[::2]:
        s.sendall(b"GET /api/v1/run HTTP/1.1\r\nHost: local")
    assert status(base, token) == 200
    begin = time.monotonic()
    left = set(open_ones)
    while left and time.monotonic() - begin < 40:
        for s in select.select(list(left), [], [], 1)[0]:
            try:
                ended = s.recv(4096) == b""
            except ConnectionError:
                ended = True
            if ended:
                left.discard(s)
        for s in list(left)[:1]:  # a byte now and then doesn't help
            try:
                s.sendall(b"x")
            except OSError:
                pass
    assert not left, f"{len(left)} are still open"


def large(base, token):
    s = connected(base)
    s.sendall(b"GET /api/v1/run HTTP/1.1\r\nHost: localhost\r\n")
    answer = b""
    try:
        for i in range(20000):
            s.sendall(f"X-{i}: {'a' * 100}\r\n".encode())
    except OSError:
        pass
    try:
        answer = s.recv(65536)
    except OSError:
        pass
    assert b" 200 " not in answer, answer
    assert status(base, token) == 200
    assert status(base, token, "/" + "a" * 20000) in (404, 414, 431)


def slow(base, token):
    """Those that don't read hold up nobody."""
    for _ in range(50):
        s = connected(base, receive=4096)
        s.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        slow.kept.append(s)
    reader = http.client.HTTPConnection(*place(base), timeout=20)
    reader.request("GET", "/api/v1/stream", headers={"Authorization": f"Bearer {token}"})
    answer, seen = reader.getresponse(), 0
    while seen < 5:
        line = answer.readline().decode()
        if line.startswith("data: "):
            json.loads(line[6:])
            seen += 1
    begin = time.monotonic()
    assert status(base, token) == 200 and time.monotonic() - begin < 5


slow.kept = []


def garbage(base, token):
    chance = random.Random(7)
    words = [b"GET ", b"/", b"api/v1/", b"stream", b"?", b"&", b"=", b"%", b"%00", b"\r\n", b"\n", b"\0", b" HTTP/1.1", b"Host:",
             b"localhost", b"Authorization: Bearer ", token.encode(), b"Content-Length: ", b"-1", b"99999999999999999999",
             b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"Range: bytes=0-", b"\xff\xfe", b"pid=1", b"address=0x"]
    for _ in range(1000):
        s = connected(base)
        try:
            s.sendall(b"".join(chance.choice(words) for _ in range(chance.randrange(1, 30))) + b"\r\n\r\n")
            s.shutdown(socket.SHUT_WR)
            s.setblocking(False)
        except OSError:
            pass
        s.close()
    # The bucket is empty now; a second later there's room again.
    end = time.monotonic() + 20
    while status(base, token) != 200:
        assert time.monotonic() < end


def main():
    what, *rest = sys.argv[1:]
    if what == "method":
        parts = urllib.parse.urlsplit(rest[0])
        print(status(rest[0], rest[1], parts.path, rest[2]))
    else:
        {"guess": guess, "half": half, "large": large, "slow": slow, "garbage": garbage}[what](*rest)


if __name__ == "__main__":
    main()
