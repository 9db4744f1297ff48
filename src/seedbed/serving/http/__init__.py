"""`seedbed serve`: completions over HTTP, in the words of OpenAI and of llama.cpp's server."""
