"""Read templates/ and theme/, and check the style sheets of a plan."""
