"""Requests to a live page.

web.py get URL TOKEN              print the body; fail unless the status is 200
web.py status URL [HEADER...]     print the status, then the body
web.py headers URL [HEADER...]    print the status and the headers
web.py stream URL TOKEN N [ID]    print the data of the first N messages, one a line, each led by its id and a blank
"""
import http.client
import sys
import urllib.parse


def connect(url):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    return connection, parts.path + ("?" + parts.query if parts.query else "")


def ask(url, headers, method="GET"):
    connection, path = connect(url)
    connection.putrequest(method, path, skip_host=any(h.lower().startswith("host:") for h in headers),
                          skip_accept_encoding=True)
    for header in headers:
        name, value = header.split(":", 1)
        connection.putheader(name, value.strip())
    connection.endheaders()
    return connection.getresponse()


def messages(url, token, last=None):
    """Ids and data of a stream's messages, as they come."""
    headers = [f"Authorization: Bearer {token}"] + ([f"Last-Event-ID: {last}"] if last else [])
    answer = ask(url, headers)
    if answer.status != 200:
        raise SystemExit(f"status {answer.status}: {answer.read()}")
    number = ""
    for line in answer:
        text = line.decode().rstrip("\n")
        if text.startswith("id: "):
            number = text[4:]
        elif text.startswith("data: "):
            yield number, text[6:]


def main():
    what, url = sys.argv[1:3]
    if what == "get":
        answer = ask(url, [f"Authorization: Bearer {sys.argv[3]}"])
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{url}: status {answer.status}: {body}")
        print(body, end="")
    elif what == "status":
        answer = ask(url, sys.argv[3:])
        print(answer.status, answer.read().decode(), end="")
    elif what == "headers":
        answer = ask(url, sys.argv[3:])
        print(answer.status)
        print(answer.headers, end="")
    elif what == "stream":
        count = int(sys.argv[4])
        for number, data in messages(url, sys.argv[3], *sys.argv[5:6]):
            print(number, data, flush=True)
            count -= 1
            if not count:
                break


if __name__ == "__main__":
    main()
