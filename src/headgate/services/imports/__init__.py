"""Files of leads: uploaded, planned, read row by row, shown and undone."""
