from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from scribe import assets, audio, serial
from scribe.config import Config
from scribe.diarization import campplus
from scribe.types import Transcript


def test_the_network_maps_any_length_to_one_vector() -> None:
    network = campplus.CamPlusPlus().eval()
    with torch.inference_mode():
        for frames in (30, 99):
            assert network(torch.zeros(1, frames, campplus.MEL_BINS)).shape == (1, campplus.DIMENSION)


def test_features_come_every_ten_milliseconds() -> None:
    bank = campplus.features(torch.zeros(campplus.SAMPLE_RATE))
    assert bank.shape == (98, campplus.MEL_BINS)  # windows of 25 ms that fit into one second


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save({"head.conv1.weight": torch.zeros(32, 1, 3, 3)}, path)
    with pytest.raises(RuntimeError, match="Missing key"):
        campplus.load(path)


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.weights
@pytest.mark.usefixtures("one_thread")
def test_a_voice_is_nearer_to_itself_than_to_another(samples: Path) -> None:
    network = campplus.load(assets.locate("campplus", Config().models) / "campplus_cn_en_common.pt")
    sound = audio.load(samples / "visit.flac", Config().audio)
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    lines = [segment for segment in gold.segments if segment.end - segment.start >= 2.0][:8]
    vectors, speakers = [], []
    with torch.inference_mode():
        for line in lines:
            at = slice(int(line.start * sound.sample_rate), int(line.end * sound.sample_rate))
            bank = campplus.features(torch.from_numpy(sound.samples[at]))
            vectors.append(network((bank - bank.mean(dim=0)).unsqueeze(0))[0].numpy())
            speakers.append(line.words[0].speaker)
    unit = np.stack(vectors) / np.linalg.norm(vectors, axis=1, keepdims=True)
    similar = unit @ unit.T
    same = np.equal.outer(speakers, speakers) & ~np.eye(len(speakers), dtype=bool)
    other = ~np.equal.outer(speakers, speakers)
    assert same.any()
    assert other.any()
    assert similar[same].min() > similar[other].max()
