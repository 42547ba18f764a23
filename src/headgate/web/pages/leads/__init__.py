"""The leads of an account: listed, shown, added, edited, swept and explained."""
