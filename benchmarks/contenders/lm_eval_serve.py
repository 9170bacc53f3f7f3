"""lm-eval's ``HFLM``, loaded once and asked many times: ``python lm_eval_serve.py JOB.json``.

Says ``"loaded"``, then for each line on stdin, a batch size, the answers and their tokens as JSON.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from lm_eval.api.instance import Instance  # type: ignore[import-not-found] # in an own environment
from lm_eval.models.huggingface import HFLM  # type: ignore[import-not-found] # as above
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    job: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is none of the answers
    untyped: Any = AutoTokenizer
    tokenizer = untyped.from_pretrained(job["model"], local_files_only=True)
    model: Any = AutoModelForCausalLM.from_pretrained(
        job["model"], dtype=job["dtype"], local_files_only=True
    )
    model = model.to(job["device"])
    asked = {"until": [job["until"]], "do_sample": False, "max_gen_toks": job["max_new_tokens"]}
    print(json.dumps("loaded"), file=said, flush=True)
    for line in sys.stdin:
        engine = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=int(line))
        requests = [
            Instance("generate_until", {}, (prompt, asked), number)
            for number, prompt in enumerate(job["prompts"])
        ]
        texts = engine.generate_until(requests, disable_tqdm=True)
        counted = [len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
        print(json.dumps(list(zip(texts, counted, strict=True))), file=said, flush=True)


if __name__ == "__main__":
    main()
