"""What visitors notice when many ask at once: `python -m tests.bench.traffic`, or `make load`; over minutes, `python -m tests.bench.traffic.soak`, or `make soak`."""
