"""The council's pages, one module per noun."""
