"""The only floor that speaks SQL: rows in the database, domain values out."""
