"""Reading the council's rows, one module per noun."""
