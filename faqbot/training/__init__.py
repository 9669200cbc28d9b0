"""Table → release. The only package, with evaluation, that imports scikit-learn."""
