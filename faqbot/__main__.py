"""`python -m faqbot`: the same as `faqbot`."""

from faqbot.cli import main

if __name__ == "__main__":
    main()
