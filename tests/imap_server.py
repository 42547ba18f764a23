"""A small mailbox on a real socket: just enough IMAP for reading bounces."""

import re
import socketserver
import threading
from types import TracebackType
from typing import Self

_LITERAL = b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n"


class ImapServer:
    """Keeps `mails` by number; `seen` are those that were marked."""

    def __init__(self, *mails: bytes) -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.seen: set[int] = set()
        self.validity = 7
        self.commands: list[str] = []
        self.is_in_trouble = False

    def __enter__(self) -> Self:
        mailbox = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                    mailbox.commands.append(command)
                    told, status = mailbox.answer(command)
                    self.wfile.write(told + f"{tag} {status}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, command: str) -> tuple[bytes, str]:
        verb = command.upper()
        if self.is_in_trouble:
            return b"", "NO trouble"
        if verb == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n", "OK done"
        if verb.startswith("LOGIN"):
            is_right = command.endswith('"pass word"')
            return b"", "OK welcome" if is_right else "NO wrong password"
        if verb.startswith("SELECT"):
            told = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n"
            return told.encode(), "OK [READ-WRITE] done"
        if verb.startswith("UID SEARCH"):
            found = [str(n) for n in self.mails if n not in self.seen and self._is_ours(n)]
            return f"* SEARCH {' '.join(found)}\r\n".encode(), "OK done"
        numbers = [int(n) for n in re.findall(r"\d+", command.split(" ")[2])]
        if verb.startswith("UID FETCH"):
            mails = [(n, n, len(self.mails[n]), self.mails[n]) for n in numbers]
            return b"".join(_LITERAL % each for each in mails), "OK done"
        if verb.startswith("UID STORE"):
            self.seen |= set(numbers)
        return b"", "OK done"

    def _is_ours(self, number: int) -> bool:
        head = self.mails[number].partition(b"\r\n\r\n")[0]
        return any(
            b"+hg-" in line
            for line in head.split(b"\r\n")
            if line.lower().startswith((b"to:", b"delivered-to:"))
        )
