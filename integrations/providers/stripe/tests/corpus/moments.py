"""When what the corpus tells happened, and the ids that its objects share."""

# Of all that happens at Stripe, unless said otherwise (seconds).
MOMENT = 1_793_534_400
DAY = 86_400
# When the events of the cases were made.
THEN = MOMENT + 120
CUSTOMER, PRODUCT, PRICE, SUBSCRIPTION = "cus_corpus", "prod_corpus", "price_corpus", "sub_corpus"
