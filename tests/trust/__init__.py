"""What may go wrong, hazard by hazard: `counts.py` is the table, each module one family of its rows."""
