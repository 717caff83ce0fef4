"""Item models: ids and texts for views, read lazily; none of them paints."""
