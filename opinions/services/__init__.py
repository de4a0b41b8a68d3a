"""What changes a round of opinions; one module per act."""
