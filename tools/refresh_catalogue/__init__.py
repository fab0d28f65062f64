"""Compare data/models.json and data/prices.json with what AWS says today."""
