"""Writes tokens.json: what Hugging Face's tokenizers 0.23.3 learns from texts.txt, and makes of its lines and of others."""
import json, pathlib
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

here = pathlib.Path(__file__).parent
lines = [line for line in (here / "texts.txt").read_text().split("\n") if line]
others = ["Alice's sister wasn't reading.", "unseen wörds: Zwölf Boxkämpfer 😀😀", " ", "  ", "\t\n x\n\n", "a  'b'", "'", "ſ\u0301K"]


def trained(lowercase):
    tokenizer = Tokenizer(models.BPE())
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    file = json.loads(tokenizer.to_str())
    return {
        "vocabulary": [token for token, _ in sorted(file["model"]["vocab"].items(), key=lambda item: item[1])],
        "merges": [" ".join(merge) for merge in file["model"]["merges"]],
        "texts": lines + others,
        "ids": [tokenizer.encode(text).ids for text in lines + others],
    }


(here / "tokens.json").write_text(
    json.dumps({"plain": trained(False), "lowercase": trained(True)}, ensure_ascii=True, indent=None) + "\n")
