"""What faqbot costs, each figure beside a yardstick of the same run: `python -m tests.bench`, or `make bench`."""
