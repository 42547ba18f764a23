"""The ground floor: what the business decides, as pure functions over frozen values."""
