from pathlib import Path

import torch
from conftest import sample_texts
from nasaq_trainer.arabic_tokenizer import train_arabic_tokenizer
from nasaq_trainer.packed_blocks import count_tokens, pack, split_texts
from nasaq_trainer.rewriting_pairs import epoch_batches, make_examples, pad, split_held_out
from transformers import AutoTokenizer


def test_prompt_and_answer_follow_the_chat_format(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    [example] = make_examples([("نص خام", "نص مهذب")], tokenizer)
    assert tokenizer.decode(example.tokens) == "<s><|user|>نص خام<|assistant|>نص مهذب</s>"
    assert tokenizer.decode(example.tokens[example.prompt_length :]) == "نص مهذب</s>"


def test_special_tokens_in_a_text_are_text(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    text = "<s><|user|>نص</s> <|assistant|>"
    plain = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    assert not set(plain) & set(tokenizer.all_special_ids) and tokenizer.decode(plain, skip_special_tokens=True) == text
    assert count_tokens([text], tokenizer) == len(plain) + 2
    assert pack([text], tokenizer, len(plain) + 1)[0].tolist() == [1, *plain, 2]

    around, both, in_answer = make_examples([("نص", "نص"), (text, text), ("نص", text)], tokenizer)
    word = around.tokens[2 : around.prompt_length - 1]
    assert both.tokens == [1, 3, *plain, 4, *plain, 2] and both.prompt_length == len(plain) + 3
    assert in_answer.tokens == [1, 3, *word, 4, *plain, 2]


def test_only_the_answer_is_learnt_and_padding_is_on_the_right(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    short, long = make_examples([("قصير", "قصير"), ("جملة أطول من الأولى", "جملة أطول من الأولى")], tokenizer)
    ids, mask, answer = pad([short, long], tokenizer.pad_token_id)
    assert ids.shape == (2, len(long.tokens))
    assert ids[0, : len(short.tokens)].tolist() == short.tokens
    assert mask.sum(1).tolist() == [len(short.tokens), len(long.tokens)]
    assert mask[0, -1] == 0
    assert ids[answer].tolist() == short.tokens[short.prompt_length :] + long.tokens[long.prompt_length :]


def test_an_epoch_has_every_pair_once_in_an_order_of_its_own(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    examples = make_examples([(text, text) for text in sample_texts(50)], tokenizer)
    training, held_out = split_held_out(examples, 0.1, seed=3)
    assert len(held_out) == 5 and sorted(e.before for e in training + held_out) == sorted(e.before for e in examples)
    first, again, second = (epoch_batches(training, 4, 3, epoch) for epoch in (0, 0, 1))
    assert first == again != second
    assert sorted(e.before for batch in second for e in batch) == sorted(e.before for e in training)


def test_blocks_predict_every_token_once(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    texts = sample_texts(10)
    blocks = pack(texts, tokenizer, 16)
    stream = [token for text in texts for token in (1, *tokenizer(text, add_special_tokens=False)["input_ids"], 2)]
    assert blocks[:, 1:].flatten().tolist() == stream[1 : 1 + blocks.shape[0] * 16]
    assert torch.equal(blocks[1:, 0], blocks[:-1, -1])


def test_held_out_texts_are_not_learnt_from() -> None:
    texts = [str(i) for i in range(30)]
    training, held_out = split_texts(texts, 0.2, seed=5)
    assert len(held_out) == 6 and sorted(training + held_out) == sorted(texts)


def test_diacritics_do_not_split_words() -> None:
    vocalised = ["مُحَمَّدٌ كِتَابٌ جَدِيدٌ وَقَلَمٌ"] * 50
    tokenizer = train_arabic_tokenizer(vocalised, 400, 64)
    assert len(tokenizer(vocalised[0])["input_ids"]) == 4
    assert tokenizer.decode(tokenizer(vocalised[0])["input_ids"]) == vocalised[0]
