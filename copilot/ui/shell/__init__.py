"""The program as a window among others: its places, its forms, its beginning and its end."""
