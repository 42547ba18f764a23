"""Numbers for people: tallies by the hour, and what reports, mails and forecasts make of them."""
