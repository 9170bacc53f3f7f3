"""What is served: the embedded server, Ollama, Docker Model Runner, and the check of them."""

DEPLOYMENT = "deployment.json"
"""What the step ``deploy`` found."""
