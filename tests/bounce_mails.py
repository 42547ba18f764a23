"""Mails as servers write them when another mail fails, for a given return path."""


def failed(
    return_path: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    recipient: str = "leads@first.example",
) -> bytes:
    """Write a report as RFC 3464 wants it."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>
To: {return_path}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b1--
""".replace("\n", "\r\n").encode()


def in_words(return_path: str) -> bytes:
    """Write what qmail says, which is meant for people."""
    return f"""From: MAILER-DAEMON@mx.acme.example
To: {return_path}
Subject: failure notice

Hi. This is the qmail-send program at mx.acme.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<leads@first.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

""".replace("\n", "\r\n").encode()


def out_of_office(return_path: str) -> bytes:
    return f"""From: leads@first.example
To: {return_path}
Subject: Out of office
Auto-Submitted: auto-replied

I am away until Monday.
""".replace("\n", "\r\n").encode()
