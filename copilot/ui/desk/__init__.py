"""The desk: ticket list, ticket, new ticket, import."""
