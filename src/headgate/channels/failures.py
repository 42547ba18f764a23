"""Why an HTTP exchange failed, in words for people."""

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ConnectionTimeoutError,
    InvalidURL,
)

from headgate.channels.addresses import BlockedAddress


class BrokenConnection(ClientError):
    """The connection broke after the first written byte."""


def in_words(error: Exception, deadline_seconds: float, has_written: bool) -> str:
    if isinstance(error, ConnectionTimeoutError) or (
        isinstance(error, TimeoutError) and not has_written
    ):
        return f"No connection within {deadline_seconds:g} s; nothing was sent"
    if isinstance(error, TimeoutError):
        return f"No whole answer within {deadline_seconds:g} s"
    if isinstance(error, InvalidURL):
        return "The address is not a valid URL; nothing was sent"
    if isinstance(error, ClientConnectorDNSError):
        return f"The name {error.host} cannot be resolved; nothing was sent"
    if isinstance(error, ClientConnectorCertificateError | ClientConnectorSSLError):
        return f"TLS with {error.host}:{error.port} failed: {_cause(error)}; nothing was sent"
    if isinstance(error, ClientConnectorError):
        if isinstance(error.os_error, BlockedAddress):
            return (
                f"{error.host} is not a public address; nothing was sent."
                " The operator can allow its network in HEADGATE_ALLOW_PRIVATE_NETWORKS"
            )
        return f"{error.host}:{error.port} cannot be reached: {error.os_error}; nothing was sent"
    if not has_written:
        return f"No connection: {error}; nothing was sent"
    if isinstance(error, BrokenConnection):
        return "The connection broke before a whole answer arrived"
    return "The answer is not readable HTTP"


def _cause(error: ClientConnectorCertificateError | ClientConnectorSSLError) -> str:
    if isinstance(error, ClientConnectorCertificateError):
        return str(error.certificate_error)
    return str(error.os_error)
