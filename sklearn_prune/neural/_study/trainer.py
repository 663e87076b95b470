"""The training of one net, with all of its data on the device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from sklearn_prune.neural._masks import masks_of, weights_of

if TYPE_CHECKING:
    from .images import Images


class Trainer:
    """Adam on shuffled batches; weights under a mask stay zero.

    The order of the images and their shifts in an epoch depend on the seed and the
    number of the epoch alone, so that training can go on after any epoch.

    Parameters
    ----------
    module : Module
        Net, with its masks if it has any.
    images : Images
        What it learns.
    n_epochs : int
        Number of passes over the images.
    seed : int
        Seed of the order of the images and of their shifts.
    batch_size : int
        Number of images a step. What is left of an epoch is not used in it.
    learning_rate : float
        Step size of Adam.
    precision : torch dtype
        That of the forward pass, where layers allow; parameters are in single precision.

    Attributes
    ----------
    epoch : int
        Number of passes made.
    """

    def __init__(
        self,
        module: nn.Module,
        images: Images,
        *,
        n_epochs: int,
        seed: int,
        batch_size: int,
        learning_rate: float,
        precision: torch.dtype,
    ) -> None:
        self.images, self.n_epochs, self.seed, self.epoch = images, n_epochs, seed, 0
        self.precision, self.device = precision, images.y_train.device
        layout: dict[str, Any] = {"memory_format": torch.channels_last}  # the faster one
        self.module: nn.Module = module.to(self.device, **layout).train()
        weights, masks = weights_of(self.module), masks_of(self.module)
        self.masked: list[torch.Tensor] = [weights[name] for name in masks]
        self.masks = [torch.empty_like(weights[name]).copy_(mask) for name, mask in masks.items()]
        on_gpu = self.device.type == "cuda"
        self.optimizer = torch.optim.Adam(
            weights.values(), lr=learning_rate, fused=True, capturable=on_gpu
        )
        batch_size = min(batch_size, len(images.y_train))
        self.n_steps = len(images.y_train) // batch_size
        # A CUDA graph reads the batches of an epoch, and its position in them, from here.
        shape = self.n_steps, batch_size
        self.order = torch.zeros(shape, dtype=torch.long, device=self.device)
        self.shifts = torch.zeros((*shape, 2), dtype=torch.long, device=self.device)
        self.position = torch.zeros(1, dtype=torch.long, device=self.device)

    def train_epoch(self) -> None:
        """Make one pass over the images."""
        self.shuffle()
        for _ in range(self.n_steps):
            self.step()
        self.epoch += 1

    def shuffle(self) -> None:
        """Draw the batches of the coming epoch, the same on every device."""
        generator = torch.Generator().manual_seed(1_000_003 * self.seed + self.epoch)
        order = torch.randperm(len(self.images.y_train), generator=generator)
        shifts = torch.randint(2 * self.images.margin + 1, self.shifts.shape, generator=generator)
        for target, drawn in (
            (self.order, order[: self.order.numel()].view_as(self.order)),
            (self.shifts, shifts),
        ):
            target.copy_(self._staged(drawn), non_blocking=True)
        self.position.zero_()

    def step(self) -> None:
        """Learn from one batch."""
        index = self.order.index_select(0, self.position)[0]
        shifts = self.shifts.index_select(0, self.position)[0]
        X, y = self.images.training_batch(index, shifts)
        with torch.autocast(
            self.device.type, self.precision, enabled=self.precision != torch.float32
        ):
            outputs = self.module(X)
        loss = functional.cross_entropy(outputs.float(), y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        if self.masks:
            with torch.no_grad():
                torch._foreach_mul_(self.masked, self.masks)
        self.position += 1

    def error_rates(self) -> tuple[float, float]:
        """Return the fractions of training and test images that are wrong."""
        train, test = self.images.error_rates(self.module)
        return train.item(), test.item()

    def state_dict(self) -> dict[str, Any]:
        """Return all that training needs to go on from here."""
        return {
            "epoch": self.epoch,
            "module": self.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.epoch = state["epoch"]
        self.module.load_state_dict(state["module"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _staged(self, array: torch.Tensor) -> torch.Tensor:
        """Return an array from which a copy to the device does not wait for the device."""
        return array.pin_memory() if self.device.type == "cuda" else array
