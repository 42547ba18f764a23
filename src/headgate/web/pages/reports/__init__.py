"""Reports: figures by the period, shares of partners, and their mails."""
