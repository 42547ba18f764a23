"""Hosted forms, straight on ASGI: anybody's browser fills them in."""
