"""The service desk: SLA clock, search queries, import and export of tickets."""
