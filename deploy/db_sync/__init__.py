"""What this project adds to Meltano itself; the plugins know nothing of it."""
