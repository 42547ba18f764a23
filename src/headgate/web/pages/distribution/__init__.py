"""Distribution: profiles, their seats and rules, and trying them on leads."""
