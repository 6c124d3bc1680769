"""Read YAML into values with their places, and explain syntax errors."""
