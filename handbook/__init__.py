"""The verbs and nouns that turn one plan.yaml into a handbook. Start reading in build.py."""
