"""One module per command, with `NAME`, `HELP`, `arguments(parser)` and `run(options)` → exit status.

`options` adds the arguments that several commands take, `console` prints for several commands. Engines are imported
inside `run`, so that `--help` and an error on line 1 of the plan are printed at once.
"""
