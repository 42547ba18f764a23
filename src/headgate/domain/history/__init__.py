"""The past decided once more: what another set-up would have made of the same leads."""
