"""Sources and the files that are imported from them."""
