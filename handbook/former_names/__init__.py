"""Former names of templates, their macros and values, CSS properties, and of templates/booklet/, for messages."""
