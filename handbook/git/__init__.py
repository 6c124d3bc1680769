"""Run git: read revisions, snapshots of the sources and dates of changes."""
