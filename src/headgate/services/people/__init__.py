"""Who may come in: members, their keys and sign-ins, and the users of the portal."""
