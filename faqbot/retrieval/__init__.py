"""Search, ranking, confidence, decision: NumPy and the standard library, no scikit-learn."""
