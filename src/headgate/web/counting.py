"""What is counted of requests, for Prometheus."""

from functools import lru_cache

from prometheus_client import Counter

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
_requests = Counter(
    "headgate_requests", "Requests of the API.", labelnames=("method", "route", "status")
)


def count_request(method: str, route: str, status: int) -> None:
    """Count an answered request; the route is a pattern, for ids would make endless series."""
    _series(method if method in _METHODS else "other", route, status).inc()


@lru_cache(maxsize=1024)
def _series(method: str, route: str, status: int) -> Counter:
    return _requests.labels(method, route, str(status))
