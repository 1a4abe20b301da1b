"""What the shop is made of."""
