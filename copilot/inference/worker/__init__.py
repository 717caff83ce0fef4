"""The child process that runs the model; the only importer of llama_cpp."""
