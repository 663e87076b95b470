"""Nets as people make them, and what pruning leaves of them."""

import torch
from torch import nn
from torch.nn import functional


class Images(nn.Module):
    """Convolutions in a forward of its own, flattened to a linear layer."""

    def __init__(self, padding=0):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=padding)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=padding)
        self.fc1 = nn.Linear(8 * (9 if padding else 4), 10)
        self.fc2 = nn.Linear(10, 3)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.avg_pool2d(torch.tanh(self.conv2(x)), 2)
        x = functional.relu(self.fc1(x.view(x.size(0), -1)))
        return self.fc2(functional.dropout(x, training=self.training))


class Residual(nn.Module):
    """Two blocks around which there are shortcuts."""

    def __init__(self, padding=1):
        super().__init__()
        self.stem = nn.Conv2d(2, 6, 3, padding=padding)
        self.conv1 = nn.Conv2d(6, 5, 3, padding=padding, bias=False)
        self.norm1 = nn.BatchNorm2d(5)
        self.conv2 = nn.Conv2d(5, 6, 1)
        self.norm2 = nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=True)
        self.last = nn.Linear(6, 3)

    def forward(self, x):
        x = self.relu(self.stem(x))
        out = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x)))))
        out += x if self.stem.padding == (1, 1) else x[:, :, 1:-1, 1:-1]
        return self.last(self.relu(out).mean([2, 3]))


class TwoInputs(nn.Module):
    """Two branches side by side."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 7), nn.Linear(3, 5)
        self.both = nn.Linear(12, 6)
        self.last = nn.Linear(6, 2)

    def forward(self, table, other):
        parts = [torch.sigmoid(self.first(table)), functional.gelu(self.second(other))]
        return self.last(functional.silu(self.both(torch.cat(parts, dim=1))))


class PicturesAndTable(nn.Module):
    """Channels of images beside columns, and beside columns of their own."""

    def __init__(self):
        super().__init__()
        self.conv, self.up = nn.Conv2d(1, 5, 3), nn.Conv2d(5, 4, 1)
        self.hidden, self.mid, self.last = (
            nn.Linear(16 + 3, 8),
            nn.Linear(8 + 3, 6),
            nn.Linear(6, 2),
        )

    def forward(self, images, table):
        n, _, _, _ = images.shape
        x = functional.interpolate(torch.relu(self.conv(images)), scale_factor=2)
        x = functional.adaptive_avg_pool2d(torch.sigmoid(self.up(x)), (2, 2)).reshape(n, -1)
        x = torch.relu(self.hidden(torch.cat([x, table], dim=1)))
        return self.last(torch.relu(self.mid(torch.cat([table, x], dim=-1))))


class FlatAndTable(nn.Module):
    """Maps of a size that only the next layer tells, beside other columns."""

    def __init__(self):
        super().__init__()
        self.conv, self.other = nn.Conv2d(1, 5, 3), nn.Linear(3, 6)
        self.hidden, self.last = nn.Linear(5 * 9 + 6, 7), nn.Linear(7, 2)

    def forward(self, images, table):
        x = torch.flatten(torch.tanh(self.conv(images)), 1)
        x = torch.cat((x, torch.sigmoid(self.other(table))), 1)
        return self.last(functional.gelu(self.hidden(x)))


class ResidualTable(nn.Module):
    """Sums of linear layers with and without batch normalisation."""

    def __init__(self):
        super().__init__()
        self.stem, self.first, self.second = nn.Linear(4, 9), nn.Linear(9, 7), nn.Linear(7, 9)
        self.norm, self.last = nn.BatchNorm1d(9), nn.Linear(9, 2)

    def forward(self, x):
        x = functional.leaky_relu(self.stem(x))
        x = x + self.norm(self.second(functional.silu(self.first(x)))) / 2
        return self.last(functional.relu(x))


class Idioms(nn.Module):
    """Ways to make columns of maps."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.conv1, self.conv2 = nn.Conv2d(2, 7, 3), nn.Conv2d(7, 6, 2)
        self.hidden, self.last = nn.Linear(6, 5), nn.Linear(5, 2)

    def forward(self, x):
        x = functional.softplus(self.conv2(torch.sigmoid(self.conv1(x))))
        columns = {
            "squeeze": lambda: functional.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(2),
            "means": lambda: x.mean(-1).mean(dim=-1),
            "largest": lambda: torch.amax(x, (2, 3), keepdim=True).flatten(1),
            "corner": lambda: x[:, :, 0, -1],
            "rows": lambda: x[:, :, 1:3].mean(3)[:, :, 0],
        }
        return self.last(torch.relu(self.hidden(columns[self.way]())))


WAYS = ["squeeze", "means", "largest", "corner", "rows"]


class Tied(nn.Module):
    """A decoder of the weights of the encoder."""

    def __init__(self):
        super().__init__()
        self.inner, self.encoder = nn.Linear(4, 6), nn.Linear(6, 5)
        self.mid = nn.Linear(5, 5)
        self.out = nn.Linear(4, 4)
        self.bias = nn.Parameter(torch.randn(6))

    def forward(self, x):
        codes = self.mid(torch.relu(self.encoder(torch.relu(self.inner(x)))))
        decoded = functional.linear(codes, self.encoder.weight.T, self.bias)
        return self.out(decoded[:, :4])


class Twice(nn.Module):
    """A layer that is called twice."""

    def __init__(self):
        super().__init__()
        self.first, self.again, self.last = nn.Linear(4, 5), nn.Linear(5, 5), nn.Linear(5, 2)

    def forward(self, x):
        x = torch.relu(self.first(x))
        return self.last(torch.relu(self.again(torch.relu(self.again(x)))))


class Overwritten(nn.Module):
    """Activations in place, of what has other names, too."""

    def __init__(self):
        super().__init__()
        self.stem, self.same = nn.Conv2d(2, 6, 3), nn.Identity()
        self.act, self.mid = nn.Softplus(), nn.Conv2d(6, 6, 1)
        self.wide, self.side = nn.Linear(24, 7), nn.Linear(24, 7)
        self.last = nn.Linear(7, 2)

    def forward(self, x):
        x = self.stem(x)
        functional.hardtanh(self.same(x), 0.5, 1, inplace=True)
        other = x
        other += 1
        other *= 2
        x = self.act(self.mid(x)) + x
        columns = x.flatten(1)
        side = self.side(functional.dropout(columns, training=self.training).sigmoid_())
        return self.last(torch.tanh(self.wide(x.reshape(x.size(0), -1)) + side))


class Buffers(nn.Module):
    """Numbers of its own, trained and not, in the computation."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(4, 9), nn.Linear(9, 8), nn.Linear(8, 2)
        self.register_buffer("mean", torch.randn(4))
        self.register_buffer("scale", torch.rand(8))
        self.shift = nn.Parameter(torch.randn(8))

    def forward(self, x):
        x = torch.relu(self.second(torch.sigmoid(self.first(x - self.mean))))
        return self.last(x * self.scale + self.shift)


class FixedSize(nn.Module):
    """A view by a number."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3)
        self.fc1, self.fc2 = nn.Linear(16, 6), nn.Linear(6, 2)

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        return self.fc2(torch.relu(self.fc1(x.view(-1, 16))))


class Branching(nn.Module):
    """A net that looks at its samples."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(4, 5), nn.Linear(5, 2)

    def forward(self, x):
        x = torch.relu(self.first(x))
        return self.last(x if x.sum() > 0 else 2 * x)


class PartlyBranching(nn.Module):
    """A net with a part that looks at its samples."""

    def __init__(self):
        super().__init__()
        self.first, self.part, self.last = nn.Linear(4, 6), Branching(), nn.Linear(2, 2)
        self.part.first = nn.Linear(5, 5)
        self.between = nn.Linear(6, 5)

    def forward(self, x):
        return self.last(self.part(torch.relu(self.between(torch.relu(self.first(x))))))


class Auxiliary(nn.Module):
    """A second head in training, and an input that may be missing."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(4, 8), nn.Linear(8, 2)
        self.head, self.extra = nn.Linear(8, 2), nn.Linear(3, 8)

    def forward(self, x, extra=None):
        x = torch.relu(self.first(x))
        if extra is not None:
            x = x + self.extra(extra)
        return (self.last(x), self.head(x)) if self.training else self.last(x)


class Mixed(nn.Module):
    """Layers that mix units in other ways, between plain ones."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Conv2d(2, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=4), nn.ReLU()),
            *(nn.Conv2d(8, 6, 1), nn.ReLU(), nn.ConvTranspose2d(6, 6, 3), nn.GroupNorm(2, 6)),
            *(nn.Conv2d(6, 5, 1), nn.PReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            *(nn.Linear(5, 8), nn.LayerNorm(8), nn.Linear(8, 6), nn.Softplus(), nn.Linear(6, 3)),
        )

    def forward(self, x):
        return self.net(x)


def table_net(activation, bias=True):
    return nn.Sequential(
        *(nn.Linear(5, 12, bias=bias), nn.BatchNorm1d(12), activation, nn.Dropout(0.4)),
        *(nn.Linear(12, 9, bias=bias), activation, nn.Linear(9, 3, bias=bias)),
    )


def images_net(padding, pool, norm=True):
    """A chain of convolutions of images of 8 x 8 pixels."""
    return nn.Sequential(
        nn.Conv2d(1, 7, 3, padding=padding, bias=not norm),
        *([nn.BatchNorm2d(7)] if norm else []),
        *(nn.ReLU(), nn.Conv2d(7, 6, 3, padding=padding), nn.Sigmoid(), pool, nn.Flatten()),
        *(nn.LazyLinear(9), nn.ReLU(), nn.Linear(9, 3)),
    )


def signals_net():
    return nn.Sequential(
        *(nn.Conv1d(2, 8, 3, padding=1, padding_mode="circular"), nn.ELU(), nn.Conv1d(8, 6, 5)),
        *(nn.LeakyReLU(), nn.MaxPool1d(2), nn.Conv1d(6, 5, 2), nn.SiLU(), nn.Flatten()),
        *(nn.Linear(15, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)),
    )


def tables(*shapes):
    return [torch.randn(7, *shape) for shape in shapes]


# Nets by name, with samples.
NETS = {
    "relu": lambda: (table_net(nn.ReLU()), tables([5])),
    "gelu": lambda: (table_net(nn.GELU()), tables([5])),
    "sigmoid": lambda: (table_net(nn.Sigmoid()), tables([5])),
    "tanh": lambda: (table_net(nn.Tanh(), bias=False), tables([5])),
    "softplus": lambda: (table_net(nn.Softplus(), bias=False), tables([5])),
    "unpadded": lambda: (images_net(0, nn.MaxPool2d(2)), tables([1, 8, 8])),
    "padded": lambda: (images_net(1, nn.AvgPool2d(2)), tables([1, 8, 8])),
    "same": lambda: (images_net("same", nn.AdaptiveAvgPool2d((2, 1)), False), tables([1, 8, 8])),
    "edges": lambda: (images_net(1, nn.AvgPool2d(3, padding=1), False), tables([1, 8, 8])),
    "adaptive": lambda: (images_net(0, nn.AdaptiveMaxPool2d(2)), tables([1, 8, 8])),
    "signals": lambda: (signals_net(), tables([2, 12])),
    "images": lambda: (Images(), tables([1, 14, 14])),
    "padded images": lambda: (Images(1), tables([1, 14, 14])),
    "residual": lambda: (Residual(), tables([2, 6, 6])),
    "unpadded residual": lambda: (Residual(0), tables([2, 6, 6])),
    "two inputs": lambda: (TwoInputs(), tables([4], [3])),
    "pictures and table": lambda: (PicturesAndTable(), tables([1, 6, 6], [3])),
    "flat and table": lambda: (FlatAndTable(), tables([1, 5, 5], [3])),
    "residual table": lambda: (ResidualTable(), tables([4])),
    **{way: lambda way=way: (Idioms(way), tables([2, 6, 6])) for way in WAYS},
    "overwritten": lambda: (Overwritten(), tables([2, 4, 4])),
    "buffers": lambda: (Buffers(), tables([4])),
    "tied": lambda: (Tied(), tables([4])),
    "twice": lambda: (Twice(), tables([4])),
    "fixed size": lambda: (FixedSize(), tables([1, 6, 6])),
    "partly branching": lambda: (PartlyBranching(), tables([4])),
    "mixed": lambda: (Mixed(), tables([2, 8, 8])),
    "auxiliary": lambda: (Auxiliary(), tables([4])),
}


def made(name, seed=0, dtype=torch.float64):
    """Return a net with random weights and statistics, in evaluation, and samples."""
    torch.manual_seed(seed)
    net, X = NETS[name]()
    net(*X)  # lazy layers get their sizes
    net, X = net.to(dtype), [x.to(dtype) for x in X]
    with torch.no_grad():
        for weight in net.parameters():
            weight.normal_(0, 0.7)
    net.train()
    for _ in range(3):
        net(*X)
    return net.eval(), X


@torch.no_grad()
def pruned(net, seed, share=0.6, dead=0.5):
    """Set weights to zero: single ones, and all that lead to a unit, or on from it."""
    torch.manual_seed(seed)
    for weight in net.parameters():
        weight.mul_(torch.rand(weight.shape) < share)
        if weight.ndim > 1:
            columns = [1] * (weight.ndim - 2)
            weight.mul_((torch.rand(len(weight)) > dead).view(-1, 1, *columns))
            weight.mul_((torch.rand(weight.shape[1]) > dead / 2).view(1, -1, *columns))
        else:
            weight.mul_(torch.rand(weight.shape) > dead / 4)
    return net


def n_parameters(net):
    return sum(weight.numel() for weight in net.parameters())
