"""What a count of right ones says about the share behind it. Pure."""


def clopper_pearson_lower(right: int, n: int, level: float = 0.95) -> float:
    """The share that the true one is not below, at this one-sided level; exact, so never too optimistic.

    Args:
        right: how many of them were right, 0..n.
        n: how many there were; 0 says nothing, so the bound is 0.
        level: how sure to be, 0..1.

    Returns:
        A share 0..1, at most right / n.

    >>> round(clopper_pearson_lower(29, 29), 3)  # 29 right ones without an error are the fewest that show nine in ten
    0.902
    >>> clopper_pearson_lower(0, 0)
    0.0
    """
    # Imported here: who only reads reports, as a server does, needs no SciPy. It is what scipy.stats.beta.ppf is, without the second that importing that takes.
    from scipy.special import betaincinv  # noqa: PLC0415

    return float(betaincinv(right, n - right + 1, 1 - level)) if right else 0.0


def clopper_pearson(right: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The two-sided interval of the same kind, lower ≤ right / n ≤ upper; (0, 1) for n = 0.

    >>> [round(bound, 3) for bound in clopper_pearson(8, 10)]
    [0.444, 0.975]
    """
    each = (1 + level) / 2
    return clopper_pearson_lower(right, n, each), 1 - clopper_pearson_lower(n - right, n, each)
