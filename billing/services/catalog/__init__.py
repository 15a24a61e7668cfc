"""What is sold: plans, and the prices that they are sold at."""
