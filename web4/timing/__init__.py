"""What the steps cost: built cold in a store of its own, measured, and held against budgets."""
