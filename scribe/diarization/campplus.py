"""CAM++ speaker embeddings: the network, and the features it reads.

After Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware Masking",
arXiv 2303.00332: a small 2-D convolutional front end (FCM), a densely connected time-delay network whose layers are
masked by their context (D-TDNN with CAM), statistics pooling, and one projection to 192 numbers. The names of the
modules are those of the published weights (asset `campplus`), so that the state dict loads as it is.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torchaudio.compliance.kaldi as kaldi  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch.nn import functional

SAMPLE_RATE = 16_000  # hertz
MEL_BINS = 80
DIMENSION = 192
MIN_SECONDS = 0.4  # shorter sounds carry too little voice; the network itself needs 30 frames of 10 ms

GROWTH = 32  # channels each dense layer adds
BOTTLENECK = 4 * GROWTH
BLOCKS = ((12, 1), (24, 2), (16, 2))  # dense blocks: (layers, dilation)
CONTEXT_FRAMES = 100  # length of the local context that masks a layer


class Residual(nn.Module):
    """Two 3 x 3 convolutions and a shortcut; `stride` is along frequency only."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, (stride, 1), 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, (stride, 1), bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, frequency, time) -> the same, frequency divided by the stride."""
        out = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(out)) + self.shortcut(x))


class FrontEnd(nn.Module):
    """FCM: reads the features as an image, and hands on frequency as channels."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.layer2 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, (2, 1), 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.out_channels = channels * (MEL_BINS // 8)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, frequency, time) -> (batch, channels, time)."""
        x = functional.relu(self.bn1(self.conv1(x.unsqueeze(1))))
        x = functional.relu(self.bn2(self.conv2(self.layer2(self.layer1(x)))))
        return x.flatten(1, 2)


def _normalised(channels: int, *, affine: bool = True, relu: bool = True) -> nn.Sequential:
    layers = nn.Sequential()
    layers.add_module("batchnorm", nn.BatchNorm1d(channels, affine=affine))
    if relu:
        layers.add_module("relu", nn.ReLU(inplace=True))
    return layers


class TimeDelay(nn.Module):
    """The first time-delay layer; halves the frame rate."""

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, out_channels, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _normalised(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) -> (batch, channels, time / 2)."""
        out: Tensor = self.nonlinear(self.linear(x))
        return out


class ContextAwareMask(nn.Module):
    """A convolution masked by its context: the mean over everything plus the mean over the frames around."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(BOTTLENECK, GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(BOTTLENECK, BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(BOTTLENECK // 2, GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, bottleneck, time) -> (batch, growth, time)."""
        # The mask is the same for all frames of one stretch of context, so it is computed once for each stretch.
        around = functional.avg_pool1d(x, CONTEXT_FRAMES, CONTEXT_FRAMES, ceil_mode=True)
        mask = torch.sigmoid(self.linear2(functional.relu(self.linear1(x.mean(-1, keepdim=True) + around))))
        mask = mask.repeat_interleave(CONTEXT_FRAMES, dim=-1)[..., : x.shape[-1]]
        out: Tensor = self.linear_local(x) * mask
        return out


class DenseLayer(nn.Module):
    """A bottleneck and a masked convolution."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _normalised(channels)
        self.linear1 = nn.Conv1d(channels, BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _normalised(BOTTLENECK)
        self.cam_layer = ContextAwareMask(dilation)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) -> (batch, growth, time)."""
        out: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return out


class DenseBlock(nn.ModuleDict):
    """Layers each of which reads the outputs of all before it."""

    def __init__(self, layers: int, channels: int, dilation: int) -> None:
        super().__init__({f"tdnnd{at + 1}": DenseLayer(channels + at * GROWTH, dilation) for at in range(layers)})

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) -> (batch, channels + layers * growth, time)."""
        for layer in self.values():
            x = torch.cat([x, layer(x)], dim=1)
        return x


class Transition(nn.Module):
    """Halves the channels between blocks."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinear = _normalised(channels)
        self.linear = nn.Conv1d(channels, channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) -> (batch, channels / 2, time)."""
        out: Tensor = self.linear(self.nonlinear(x))
        return out


class StatisticsPooling(nn.Module):
    """Mean and standard deviation over time."""

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) -> (batch, 2 * channels)."""
        return torch.cat([x.mean(dim=-1), x.std(dim=-1)], dim=-1)


class Projection(nn.Module):
    """The last layer: a projection whose outputs are standardised."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, DIMENSION, 1, bias=False)
        self.nonlinear = _normalised(DIMENSION, affine=False, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels) -> (batch, 192)."""
        out: Tensor = self.nonlinear(self.linear(x.unsqueeze(-1)).squeeze(-1))
        return out


class CamPlusPlus(nn.Module):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        self.head = FrontEnd()
        channels = 128
        self.xvector = nn.Sequential()
        self.xvector.add_module("tdnn", TimeDelay(self.head.out_channels, channels))
        for at, (layers, dilation) in enumerate(BLOCKS, start=1):
            self.xvector.add_module(f"block{at}", DenseBlock(layers, channels, dilation))
            channels += layers * GROWTH
            self.xvector.add_module(f"transit{at}", Transition(channels))
            channels //= 2
        self.xvector.add_module("out_nonlinear", _normalised(channels))
        self.xvector.add_module("stats", StatisticsPooling())
        self.xvector.add_module("dense", Projection(2 * channels))

    def forward(self, features: Tensor) -> Tensor:
        """(batch, time, 80) -> (batch, 192)."""
        out: Tensor = self.xvector(self.head(features.transpose(1, 2)))
        return out


def load(path: Path) -> CamPlusPlus:
    """The network with the weights in the file at `path`, ready to embed. The file must fit it exactly."""
    network = CamPlusPlus()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
    return network.eval()


def features(waveform: Tensor) -> Tensor:
    """Kaldi log-mel filterbank of (time,) samples at 16 kHz: (frames, 80), one frame each 10 ms.

    Not yet normalised: the network expects the mean over the frames it is given to be zero.
    """
    bank: Tensor = kaldi.fbank(waveform.unsqueeze(0), num_mel_bins=MEL_BINS, sample_frequency=SAMPLE_RATE, dither=0.0)
    return bank
