"""A web page for the metric: enter candidates and tests, get verdicts and pass@k."""

import gradio as gr

from seedbed.core.errors import SeedbedError
from seedbed.evaluation.code_eval import code_eval

CANDIDATE = "def add(a, b):\n    return a + b\n"
TESTS = "assert add(2, 3) == 5\nassert add(-1, 1) == 0\n"
WORDS = """# code_eval in a sandbox
Candidates run in bubblewrap, separate from their tests. Separate several candidates of the task by a line `---`.
"""


def judge(candidates: str, tests: str, timeout: float) -> tuple[list[list[str]], str]:
    """Returns: number and verdict of each candidate, and pass@k as a text. Raises: gr.Error for input that cannot run."""
    texts = [text.strip("\n") + "\n" for text in ("\n" + candidates).split("\n---\n") if text.strip()]
    if not texts:
        raise gr.Error("No candidate. Allowed: one Python program, or several with --- between them.", print_exception=False)
    try:
        shares, results = code_eval([texts], [tests], k=(1, len(texts)), num_workers=2, timeout=timeout)
    except SeedbedError as error:
        raise gr.Error(str(error), print_exception=False) from error
    rows = [[str(number), candidate["result"]] for number, candidate in results[0]]
    return rows, ", ".join(f"{name} {share:.3f}" for name, share in shares.items())


with gr.Blocks(title="code_eval") as page:
    gr.Markdown(WORDS)
    with gr.Row():
        candidates = gr.Code(CANDIDATE, language="python", label="Candidates")
        tests = gr.Code(TESTS, language="python", label="Tests")
    timeout = gr.Slider(1, 10, 3, step=1, label="CPU seconds of a candidate")
    button = gr.Button("Run tests", variant="primary")
    verdicts = gr.Dataframe(headers=["candidate", "verdict"], label="Verdicts", interactive=False)
    shares = gr.Textbox(label="pass@k", interactive=False)
    button.click(judge, [candidates, tests, timeout], [verdicts, shares], api_name="judge")

if __name__ == "__main__":
    page.launch()
