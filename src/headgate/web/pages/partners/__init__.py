"""Partners: listed, shown and edited, with the people of their portal."""
