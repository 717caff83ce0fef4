"""Everything that may open a socket."""
