"""Every part of a deployment, broken while events and changes flow: for `make faults` and `make soak`."""
