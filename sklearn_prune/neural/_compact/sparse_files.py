"""Files of nets in the format safetensors, in which zeros take no room."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from zlib import crc32

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from sklearn_prune.neural._checks import check_choice, check_file
from sklearn_prune.neural._given_net import module_of
from sklearn_prune.neural._masks import masks_from_zeros, masks_of, set_masks
from sklearn_prune.neural._whole_file import write_whole

from .layer_sizes import resize as fit_sizes
from .layer_sizes import zero_channels
from .packed_zeros import packed, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

# The entry of the header that says which tensors are packed, and its version.
ENTRY, VERSION = "sklearn_prune", 1
# What says whether the file is as it was written.
CHECKSUM = "crc32"


def save_sparse(net: Any, path: Any) -> None:
    """Write the weights of a net to a file in which zeros take no room.

    The file is one of `safetensors <https://huggingface.co/docs/safetensors>`__. A tensor of
    the state dict is written as its nonzero values and where they belong, a bit for each entry or
    a byte for each gap between two of them; or as it is, where that is smaller. All numbers come
    back as they were, but for the sign of zeros. A checksum tells of files that are damaged.

    Parameters
    ----------
    net : Module or fitted skorch.NeuralNet
        What is trained and pruned.

    path : str or path-like
        File to write, such as ``"net.safetensors"``.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    TypeError
        If `net` is no net or `path` no path.
    ValueError
        If `path` is a folder.

    See Also
    --------
    load_sparse : Read the file.
    compact : Remove units of zeros first.

    Notes
    -----
    Tensors that are written as they are have their names, and any reader of safetensors reads
    them. In place of another one, NAME, there are ``NAME:values`` and ``NAME:bitmap`` or
    ``NAME:gaps``; the entry ``sklearn_prune`` of the header's metadata lists them with their
    shapes. For a file that needs no package but safetensors, dense, there is
    ``safetensors.torch.save_file(module.state_dict(), path)``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import torch
    >>> from sklearn_prune.neural import TwoLayerNet, load_sparse, save_sparse
    >>> net, other = TwoLayerNet(width=100), TwoLayerNet(width=100)
    >>> with torch.no_grad():
    ...     _ = net.hidden.weight[:, 80:].zero_()
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "net.safetensors"
    ...     save_sparse(net, file)
    ...     print(file.stat().st_size < 50_000)
    ...     _ = load_sparse(other, file)
    True
    >>> torch.equal(net.hidden.weight, other.hidden.weight)
    True
    """
    write_whole(check_file("path", path), sparse_file(module_of(net)))


def load_sparse(net: Any, path: Any, *, resize: bool = False) -> Any:
    """Read the weights of a net from a file of :func:`save_sparse`.

    Parameters
    ----------
    net : Module or fitted skorch.NeuralNet
        Where to put them: a net of the same layers. If it has masks, they become those of
        the weights read.

    path : str or path-like
        File, in which all tensors may be dense.

    resize : bool, default=False
        Whether linear layers, convolutions and batch normalisations become as large as in the
        file. So a net as it was before :func:`compact` takes the weights of the compact one.

    Returns
    -------
    net : Module or skorch.NeuralNet
        The net that was given.

    Raises
    ------
    NotFittedError
        If it is a skorch net that has not been fitted.
    OSError
        If the file cannot be read.
    TypeError
        If `net` is no net or `path` no path.
    ValueError
        If it is no such file, damaged, or has other names, shapes or dtypes than the net; or
        if `resize` is no bool. The net is as it was then.

    See Also
    --------
    save_sparse : Write the file.
    """
    check_choice("resize", resize, (True, False))
    module = module_of(net)
    weights, about = read_weights(check_file("path", path))
    n_zeros = about.get("zero_channels", {})
    if resize:
        trial = deepcopy(module)
        fit_sizes(trial, weights, n_zeros)
        _check_fit(trial, weights, path)
        fit_sizes(module, weights, n_zeros)
    else:
        _check_fit(module, weights, path)
    module.load_state_dict(weights)
    if masks := masks_of(module):
        zeros = masks_from_zeros(module)
        set_masks(module, {name: zeros[name] for name in masks if name in zeros})
    return net


def dense_file(module: nn.Module) -> bytes:
    """Return the content of a file of all weights, those that are shared once."""
    return save(_once(module.state_dict())[0])


def sparse_file(module: nn.Module) -> bytes:
    """Return the content of the file of a net."""
    tensors, same = _once(module.state_dict())
    about: dict[str, Any] = {"version": VERSION, "packed": {}, "same": same}
    if zeros := zero_channels(module):
        about["zero_channels"] = zeros
    for name, tensor in list(tensors.items()):
        if (sparse := packed(tensor)) is not None:
            del tensors[name]
            index, tensors[f"{name}:{sparse[0]}"], tensors[f"{name}:values"] = sparse
            about["packed"][name] = {"index": index, "shape": list(tensor.shape)}
    about[CHECKSUM] = _checksum(tensors, about)
    return save(tensors, {"format": "pt", ENTRY: json.dumps(about)})


def _once(weights: dict[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return copies of tensors, those that are shared once, and whose name they have then."""
    tensors: dict[str, Tensor] = {}
    same: dict[str, str] = {}
    first_names: dict[Any, str] = {}
    for name, tensor in weights.items():
        place = tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype
        first = first_names.setdefault(place, name) if tensor.numel() else name
        if first == name:
            tensors[name] = tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        else:
            same[name] = first
    return tensors, same


def read_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the state dict in a file, and what the file says about it.

    Raises
    ------
    ValueError
        If it is no file of safetensors, damaged, or of a later version.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {}).get(ENTRY, "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, json.JSONDecodeError) as error:
        msg = f"{path} is no file of safetensors ({error}): give one of save_sparse."
        raise ValueError(msg) from error
    if about and about.pop(CHECKSUM, None) != _checksum(tensors, about):
        msg = f"{path} is damaged, its checksum is that of other weights: write it anew."
        raise ValueError(msg)
    if about.get("version", VERSION) > VERSION:
        msg = f"{path} is of version {about['version']}: read it with a later sklearn_prune."
        raise ValueError(msg)
    for name, how in about.get("packed", {}).items():
        places = tensors.pop(f"{name}:{how['index']}")
        values = tensors.pop(f"{name}:values")
        tensors[name] = unpacked(how["index"], places, values, how["shape"])
    same = {name: tensors[first] for name, first in about.get("same", {}).items()}
    return tensors | same, about


def _checksum(tensors: dict[str, Tensor], about: dict[str, Any]) -> int:
    """Return a number that is another one, most likely, if anything in a file is."""
    number = crc32(json.dumps(about).encode())
    for name, tensor in sorted(tensors.items()):
        number = crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), number)
        number = crc32(tensor.reshape(-1).view(torch.uint8).numpy().tobytes(), number)
    return number


def _check_fit(module: nn.Module, weights: dict[str, Tensor], path: Any) -> None:
    """Raise a ValueError unless weights are those of such a module."""
    own, kind = module.state_dict(), type(module).__name__
    for name in [*own, *weights]:
        if name not in weights or name not in own:
            has, lacks = (kind, path) if name in own else (path, kind)
            msg = f"{name} is in {has}, but not in {lacks}: give a net of the same layers."
            raise ValueError(msg)
    for name, weight in weights.items():
        if weight.shape != own[name].shape:
            msg = (
                f"{name} has the shape {tuple(weight.shape)} in {path}, and "
                f"{tuple(own[name].shape)} in {kind}: give a net of the same sizes, or, for the "
                "file of a compact net, resize=True."
            )
            raise ValueError(msg)
        if weight.dtype != own[name].dtype:
            msg = (
                f"{name} is {weight.dtype} in {path}, and {own[name].dtype} in {kind}: call "
                f"net.to({weight.dtype}) first."
            )
            raise ValueError(msg)
