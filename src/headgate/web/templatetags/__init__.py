"""What templates say in their own words."""
