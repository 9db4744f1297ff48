"""`seedbed serve`: completions over HTTP, compatible with OpenAI's API and with llama.cpp's server."""
