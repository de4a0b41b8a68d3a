"""What changes in the regulating pool."""
