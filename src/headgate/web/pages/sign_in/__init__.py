"""Coming in: the first run, invitations, passwords, second steps."""
