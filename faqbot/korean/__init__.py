"""Korean text: normalization, morphemes, terms, synonyms."""
