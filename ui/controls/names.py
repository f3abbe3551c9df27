"""What settings are called within a sentence, in a name, in a list; no Streamlit here."""

from rnn_core.words import t

NAMES = {
    "task": t("task"),
    "cell": t("cell"),
    "hidden_size": t("hidden size"),
    "learning_rate": t("learning rate"),
    "clip": t("clip"),
    "clip_threshold": t("clip threshold"),
    "length": t("length"),
    "k": "k",
    "batch_size": t("batch size"),
    "optimizer": t("optimizer"),
    "layers": t("layers"),
    "layer_skip": t("layer skip"),
    "initializer": t("initializer"),
    "init_scale": t("init scale"),
    "input_scale": t("input scale"),
    "recurrent_scale": t("recurrent scale"),
    "forget_bias": t("forget bias"),
    "start_weights": t("start weights"),
    "bptt_window": t("bptt window"),
    "start": t("start"),
    "teacher_forcing": t("teacher forcing"),
    "horizon": t("horizon"),
    "reverse_input": t("reverse input"),
    "seed": t("seed"),
    "dtype": t("dtype"),
    "window": t("window"),
    "hold_out": t("hold out"),
    "period": t("period"),
    "learn": t("learn"),
    "text": t("text"),
    "series": t("series"),
    "column": t("column"),
    "characters": t("characters"),
    "reading": t("reading"),
}


def name_of(setting: str) -> str:
    """Its name: "hidden size" for hidden_size."""
    return NAMES.get(setting, setting.replace("_", " "))
