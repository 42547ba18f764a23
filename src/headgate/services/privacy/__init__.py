"""Personal data leaves: retention, erasure of leads and persons, suppression lists."""
