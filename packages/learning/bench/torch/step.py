#!/usr/bin/env python3
"""One training step of the detector's network in PyTorch: the baseline for bench/step-vs-torch.mjs.

Prints one JSON line: milliseconds per step. Needs Debian's python3-torch.
"""
import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument('--threads', type=int, default=1)
parser.add_argument('--rounds', type=int, default=10)
parser.add_argument('--shape', required=True, help='JSON: batch, frames, features, channels, stemKernel, dilations, types, chunk, stride')
args = parser.parse_args()
shape = json.loads(args.shape)
torch.set_num_threads(args.threads)
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self, inputs, outputs, kernel, dilation):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, dilation=dilation, padding=dilation * (kernel - 1) // 2)
        self.norm = nn.LayerNorm(outputs)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x).transpose(1, 2))).transpose(1, 2)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        channels = shape['channels']
        self.stem = Block(shape['features'], channels, shape['stemKernel'], 1)
        self.residual = nn.ModuleList([Block(channels, channels, 3, d) for d in shape['dilations']])
        self.frame = nn.Linear(channels, shape['types'])
        self.chunk = nn.Linear(2 * channels, shape['types'])

    def forward(self, x, dropout):
        h = self.stem(x)
        for block in self.residual:
            h = h + block(h)
        h = h * dropout
        mean = nn.functional.avg_pool1d(h, shape['chunk'], shape['stride'])
        peak = nn.functional.max_pool1d(h, shape['chunk'], shape['stride'])
        return self.frame(h.transpose(1, 2)), self.chunk(torch.cat([mean, peak], 1).transpose(1, 2))


network = Network()
batch, frames, features = shape['batch'], shape['frames'], shape['features']
chunks = (frames - shape['chunk']) // shape['stride'] + 1
raw = torch.randn(batch, features, frames)
gains, noise, mask = torch.ones(batch, features, 1), torch.zeros(batch, features, frames), torch.ones(batch, features, 1)
mean, deviation, floor = torch.zeros(features, 1), torch.ones(features, 1), torch.full((features - 1, 1), 1e-5)
dropout = torch.ones(batch, shape['channels'], 1)
frame_labels = (torch.rand(batch, frames, shape['types']) > 0.8).float()
chunk_labels = (torch.rand(batch, chunks, shape['types']) > 0.8).float()
frame_weights, chunk_weights = torch.ones_like(frame_labels), torch.ones_like(chunk_labels)
optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.05)
loss_of = nn.functional.binary_cross_entropy_with_logits


def augmented():
    power = torch.relu(torch.exp(raw[:, :-1]) - floor) * gains[:, :-1] + noise[:, :-1] + floor
    return (torch.cat([torch.log(power), raw[:, -1:] * gains[:, -1:]], 1) - mean) / deviation * mask


def step():
    optimiser.zero_grad()
    frame_logits, chunk_logits = network(augmented(), dropout)
    loss = loss_of(chunk_logits, chunk_labels, chunk_weights) + 0.5 * loss_of(frame_logits, frame_labels, frame_weights)
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return loss.item()


for _ in range(3):
    step()
times = []
for _ in range(args.rounds):
    since = time.perf_counter()
    step()
    times.append(1000 * (time.perf_counter() - since))
parameters = sum(p.numel() for p in network.parameters())
print(json.dumps({'times': times, 'parameters': parameters, 'version': torch.__version__}))
