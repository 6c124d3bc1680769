"""Find and fix typing errors of Japanese input in YAML."""
