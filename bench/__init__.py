"""How fast TriLLM is: mock vendors, a load generator, peers measured in the same run, and the report."""
