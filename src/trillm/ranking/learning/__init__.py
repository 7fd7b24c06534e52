"""Learning: labels from what people and judges said, the deployment's numbers from labels, and where they are kept."""
