"""Account settings: one module a page of them."""
