"""HTML for partners: their leads, what they say to them, and nothing of anybody else."""
