"""One module a command, with `NAME`, `HELP`, `arguments(parser)` and `run(options)` → exit status.

`options` has the arguments that several commands take, `console` what they print. Engines are imported inside `run`,
so that `--help` and an error on line 1 of the plan answer at once.
"""
