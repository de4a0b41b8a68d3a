"""What changes the council's rows, one module per noun."""
