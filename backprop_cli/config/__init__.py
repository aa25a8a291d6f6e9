"""What a YAML file may say, and how a document becomes an experiment."""
