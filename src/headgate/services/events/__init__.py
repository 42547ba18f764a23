"""What happens is told to the account's event webhooks."""
