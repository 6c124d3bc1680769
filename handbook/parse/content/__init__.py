"""Read content/: the Markdown of nodes and free pages, the terms of the glossary, and pictures."""
