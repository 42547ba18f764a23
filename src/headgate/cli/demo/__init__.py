"""The demonstration: example data, an example set-up, and leads that keep coming."""
