"""What is sold and on which terms: products, prices, coupons, promotion codes, discounts and tax rates."""
