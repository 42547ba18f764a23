"""Ways out of the building: one folder per channel; asynchronous."""
