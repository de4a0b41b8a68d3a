"""The pages of the pool, one module per noun."""
