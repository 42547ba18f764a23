"""Text as XML can hold it."""

import re

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\r": "&#13;"}
)


def xml_text(text: str) -> str:
    """Escape a text for XML; characters that XML cannot hold are dropped."""
    return _NOT_XML.sub("", text).translate(_ESCAPES)
