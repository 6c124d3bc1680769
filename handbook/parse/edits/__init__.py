"""Make the text edits of fixes, and apply them to a file."""
