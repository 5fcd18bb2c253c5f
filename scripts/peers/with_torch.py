"""PyTorch, in two ways."""

import torch
from torch import nn

VERSION = torch.__version__
torch.set_num_threads(1)


def prepare_in_place(alpha, beta, x, labels, learning_rate):
    """Without autograd, and much faster: mv, and addr_ for the rank-one updates, in place under inference_mode."""
    alpha, beta = torch.from_numpy(alpha), torch.from_numpy(beta)
    a, b, g_a = alpha.new_empty(len(alpha)), alpha.new_empty(len(beta)), alpha.new_empty(len(alpha))
    z = alpha.new_ones(len(alpha) + 1)
    units, beta_units = z[1:], beta[:, 1:].T
    examples = list(zip(torch.from_numpy(x), nn.functional.one_hot(torch.from_numpy(labels), len(beta)).double()))

    @torch.inference_mode()
    def epoch():
        for row, target in examples:
            torch.mv(alpha, row, out=a)
            torch.sigmoid(a, out=units)
            torch.mv(beta, z, out=b)
            g_b = torch.softmax(b, 0).sub_(target)
            torch.mv(beta_units, g_b, out=g_a)
            torch.ops.aten.sigmoid_backward.grad_input(g_a, units, grad_input=g_a)
            beta.addr_(g_b, z, alpha=-learning_rate)
            alpha.addr_(g_a, row, alpha=-learning_rate)
        return alpha, beta

    return epoch


def prepare_autograd(alpha, beta, x, labels, learning_rate):
    """As in PyTorch's tutorials: nn.Sequential, cross_entropy, backward, optim.SGD."""
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
