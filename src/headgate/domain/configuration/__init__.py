"""Configuration: an account's whole set-up as one frozen value."""
