"""PyTorch without autograd: mv, and addr_ for the rank-one updates, in place under inference_mode.

The faster of its two forms by far; with_torch_autograd.py is the other.
"""

import torch
from protocol import measure

torch.set_num_threads(1)


def prepare(alpha, beta, x, labels, learning_rate):
    alpha, beta = torch.from_numpy(alpha), torch.from_numpy(beta)
    a, b, g_a = alpha.new_empty(len(alpha)), alpha.new_empty(len(beta)), alpha.new_empty(len(alpha))
    z = alpha.new_ones(len(alpha) + 1)
    units, beta_units = z[1:], beta[:, 1:].T
    examples = list(zip(torch.from_numpy(x), torch.nn.functional.one_hot(torch.from_numpy(labels), len(beta)).double()))

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


if __name__ == "__main__":
    measure(torch.__version__, prepare)
