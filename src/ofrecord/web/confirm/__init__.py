"""What customers see: an order behind its link, a direct order, and the application of a firm that wants to sell."""
