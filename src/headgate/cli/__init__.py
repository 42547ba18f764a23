"""Commands for operators, one module each."""
