"""Reading the parts of a configuration file: plain values in, domain values or flaws out."""
