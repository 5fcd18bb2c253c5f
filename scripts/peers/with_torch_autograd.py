"""PyTorch as its tutorials write it: nn.Sequential, cross_entropy, backward, optim.SGD."""

import torch
from protocol import measure
from torch import nn

torch.set_num_threads(1)


def prepare(alpha, beta, x, labels, learning_rate):
    layers = [nn.Linear(w.shape[1] - 1, len(w), dtype=torch.float64) for w in (alpha, beta)]
    with torch.no_grad():
        for layer, weights in zip(layers, map(torch.from_numpy, (alpha, beta))):
            layer.bias.copy_(weights[:, 0])
            layer.weight.copy_(weights[:, 1:])
    network = nn.Sequential(layers[0], nn.Sigmoid(), layers[1])
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    examples = list(zip(torch.from_numpy(x[:, 1:].copy()), torch.from_numpy(labels)))

    def epoch():
        for row, label in examples:
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(row), label).backward()
            optimizer.step()
        return [torch.column_stack((layer.bias, layer.weight)).detach() for layer in layers]

    return epoch


if __name__ == "__main__":
    measure(torch.__version__, prepare)
