"""The doors, and the only place that reads settings and builds things."""
