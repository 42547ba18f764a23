"""HTML for staff: one module per menu entry."""
