"""How good are the replies: metrics, runs over labelled queries, tables."""
