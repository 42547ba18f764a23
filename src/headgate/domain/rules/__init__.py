"""Rules: which leads a profile or an assignment accepts."""
