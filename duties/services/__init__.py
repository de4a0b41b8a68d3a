"""What changes problems and tasks."""
