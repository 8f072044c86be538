"""Writes MODEL.safetensors for six small models: start weights, data, and what PyTorch makes of them in double precision, so
that the error that is left is ours. `python make_golden.py` in this folder, with torch 2, numpy and safetensors.

A file has the `start.` weights under Mottle's names and in Mottle's layout, `x`, `labels` and where there are any `lengths`, or
`clean` and `mask`, of three batches; `outputs` (of a model with heads `outputs.NAME`), `loss` and the `gradient.` of each weight for the first batch; and after ten steps over the batches in
turns the weights under `end.`. Models and optimisers are those of GoldenModel.swift.
"""

import math

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

BATCH, BATCHES, STEPS, CLASSES = 7, 3, 10, 5
generator = torch.Generator().manual_seed(11)


def normal(*shape, scale=1.0):
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * scale


class Weights(dict):
    """Start values by name: exactly those that are written, as floats."""

    def add(self, name, *shape, scale, start=0.0):
        value = (normal(*shape, scale=scale) + start).float().double()
        self[name] = value.requires_grad_()

    def affine(self, name, inputs, outputs):
        self.add(f"{name}.weight", inputs, outputs, scale=(1.5 / inputs) ** 0.5)
        self.add(f"{name}.bias", outputs, scale=0.1)

    def convolution(self, name, size, inputs, outputs):
        self.add(f"{name}.weight", size, size, inputs, outputs, scale=(1.5 / (size * size * inputs)) ** 0.5)
        self.add(f"{name}.bias", outputs, scale=0.1)

    def norm(self, name, channels):
        self.add(f"{name}.scale", channels, scale=0.2, start=1.0)
        self.add(f"{name}.shift", channels, scale=0.2)


def affine(w, name, x):
    return x @ w[f"{name}.weight"] + w[f"{name}.bias"]


def convolution(w, name, x, stride=1):
    """Channels last, with padding `same`: where its zeros are an odd number, one more behind."""
    kernel = w[f"{name}.weight"].permute(3, 2, 0, 1)
    size, padding = kernel.shape[-1], []
    for extent in (x.shape[2], x.shape[1]):
        zeros = max(0, (math.ceil(extent / stride) - 1) * stride + size - extent)
        padding += [zeros // 2, zeros - zeros // 2]
    y = F.conv2d(F.pad(x.permute(0, 3, 1, 2), padding), kernel, w[f"{name}.bias"], stride)
    return y.permute(0, 2, 3, 1)


def max_pool(x):
    return F.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)


def layer_norm(w, name, x):
    return F.layer_norm(x, x.shape[-1:], w[f"{name}.scale"], w[f"{name}.shift"], eps=1e-5)


def batch_norm(w, running, name, x):
    rows = x.reshape(-1, x.shape[-1])
    y = F.batch_norm(
        rows, running[f"{name}.mean"], running[f"{name}.variance"], w[f"{name}.scale"], w[f"{name}.shift"],
        training=True, momentum=0.1, eps=1e-5)
    return y.reshape(x.shape)


def attention(w, name, x, heads, lengths=None):
    batch, tokens, width = x.shape
    parts = affine(w, f"{name}.qkv", x).reshape(batch, tokens, 3, heads, width // heads)
    query, key, value = parts.permute(2, 0, 3, 1, 4)
    mask = None
    if lengths is not None:
        mask = (torch.arange(tokens) < lengths[:, None])[:, None, None, :]
    found = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return affine(w, f"{name}.out", found.transpose(1, 2).reshape(batch, tokens, width))


class Model:
    """The parts that differ: start weights, running statistics, data and the outputs for a batch."""

    def __init__(self):
        self.w, self.running, self.lengths = Weights(), {}, None
        self.x = normal(BATCHES, BATCH, *self.input).float().double()

    accumulate, clip_norm = 1, None

    clean = mask = None

    def factor(self, step):
        return 1.0

    def loss(self, outputs, labels, batch):
        return F.cross_entropy(outputs["outputs"], labels)


class MLP(Model):
    input = (5, 3, 1)

    def __init__(self):
        super().__init__()
        self.w.affine("dense1", 15, 11)
        self.w.affine("dense2", 11, 9)
        self.w.affine("dense3", 9, CLASSES)

    def outputs(self, x, lengths):
        y = torch.relu(affine(self.w, "dense1", x.flatten(1)))
        return affine(self.w, "dense3", torch.tanh(affine(self.w, "dense2", y)))

    def optimizer(self):
        return torch.optim.RMSprop(self.w.values(), lr=0.01, alpha=0.9, eps=1e-3, momentum=0.5)


class ConvNet(Model):
    input = (9, 7, 2)

    def __init__(self):
        super().__init__()
        self.w.convolution("conv2d1", 3, 2, 5)
        self.w.convolution("conv2d2", 3, 5, 6)
        self.w.affine("dense1", 4 * 3 * 6, CLASSES)

    def outputs(self, x, lengths):
        y = max_pool(torch.relu(convolution(self.w, "conv2d1", x)))
        return affine(self.w, "dense1", torch.relu(convolution(self.w, "conv2d2", y)).flatten(1))

    def optimizer(self):
        return torch.optim.Adam(self.w.values(), lr=0.01, eps=1e-4)


class ResNet(Model):
    input = (7, 6, 3)

    def __init__(self):
        super().__init__()
        sizes = [(3, 3, 4), (3, 4, 4), (3, 4, 4), (3, 4, 6), (3, 6, 6), (1, 4, 6)]
        for index, (size, inputs, outputs) in enumerate(sizes, 1):
            self.w.convolution(f"conv2d{index}", size, inputs, outputs)
            self.w.norm(f"batch_norm{index}", outputs)
            self.running[f"batch_norm{index}.mean"] = torch.zeros(outputs, dtype=torch.float64)
            self.running[f"batch_norm{index}.variance"] = torch.ones(outputs, dtype=torch.float64)
        self.w.affine("dense1", 6, CLASSES)

    def outputs(self, x, lengths):
        def part(index, x, stride=1):
            y = convolution(self.w, f"conv2d{index}", x, stride)
            return batch_norm(self.w, self.running, f"batch_norm{index}", y)

        y = torch.relu(part(1, x))
        y = torch.relu(part(3, torch.relu(part(2, y))) + y)
        y = torch.relu(part(5, torch.relu(part(4, y, 2))) + part(6, y, 2))
        return affine(self.w, "dense1", y.mean((1, 2)))

    def optimizer(self):
        decaying = [w for w in self.w.values() if w.dim() > 1]
        others = [w for w in self.w.values() if w.dim() == 1]
        groups = [{"params": decaying, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        return torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True)


class VisionTransformer(Model):
    input = (6, 4, 2)
    clip_norm = 0.5

    def __init__(self):
        super().__init__()
        self.w.affine("patch_embedding1", 8, 12)
        self.w.add("class_token1.token", 12, scale=0.5)
        self.w.add("positions1.table", 7, 12, scale=0.5)
        self.w.norm("layer_norm1", 12)
        self.w.affine("attention1.qkv", 12, 36)
        self.w.affine("attention1.out", 12, 12)
        self.w.norm("layer_norm2", 12)
        self.w.affine("dense1", 12, 20)
        self.w.affine("dense2", 20, 12)
        self.w.norm("layer_norm3", 12)
        self.w.affine("dense3", 12, CLASSES)

    def outputs(self, x, lengths):
        batch = x.shape[0]
        patches = x.reshape(batch, 3, 2, 2, 2, 2).transpose(2, 3).reshape(batch, 6, 8)
        y = affine(self.w, "patch_embedding1", patches)
        y = torch.cat([self.w["class_token1.token"].expand(batch, 1, 12), y], 1) + self.w["positions1.table"]
        y = y + attention(self.w, "attention1", layer_norm(self.w, "layer_norm1", y), 3)
        wide = F.gelu(affine(self.w, "dense1", layer_norm(self.w, "layer_norm2", y)))
        y = y + affine(self.w, "dense2", wide)
        return affine(self.w, "dense3", layer_norm(self.w, "layer_norm3", y)[:, 0])

    def optimizer(self):
        decaying = [w for n, w in self.w.items() if w.dim() > 1 and n != "positions1.table"]
        others = [w for n, w in self.w.items() if w.dim() == 1 or n == "positions1.table"]
        groups = [{"params": decaying, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
        # The keys' bias has no gradient but rounding errors: beside this epsilon they are nothing.
        return torch.optim.AdamW(groups, lr=0.01, eps=1e-3)

    def factor(self, step):
        if step < 2:
            return (step + 1) / 2
        return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - 2) / (STEPS - 2)))


class TextEncoder(Model):
    input = (9,)
    accumulate = 2

    def __init__(self):
        super().__init__()
        self.x = torch.randint(0, 23, (BATCHES, BATCH, 9), generator=generator)
        self.lengths = torch.randint(1, 10, (BATCHES, BATCH), generator=generator)
        self.w.add("token_embedding1.table", 23, 10, scale=1.0)
        self.w.norm("layer_norm1", 10)
        self.w.affine("attention1.qkv", 10, 30)
        self.w.affine("attention1.out", 10, 10)
        self.w.norm("layer_norm2", 10)
        self.w.affine("dense1", 10, 14)
        self.w.affine("dense2", 14, 10)
        self.w.affine("dense3", 10, CLASSES)

    def outputs(self, x, lengths):
        y = self.w["token_embedding1.table"][x] + self.waves()
        y = y + attention(self.w, "attention1", layer_norm(self.w, "layer_norm1", y), 2, lengths)
        y = y + affine(self.w, "dense2", F.silu(affine(self.w, "dense1", layer_norm(self.w, "layer_norm2", y))))
        is_real = torch.arange(9) < lengths[:, None]
        mean = (y * is_real[:, :, None]).sum(1) / lengths[:, None]
        return affine(self.w, "dense3", mean)

    @staticmethod
    def waves():
        channel = torch.arange(10)
        rate = 10000.0 ** (-(channel // 2 * 2) / 10).double()
        angle = torch.arange(9).double()[:, None] * rate
        return torch.where(channel % 2 == 0, angle.sin(), angle.cos())

    def optimizer(self):
        return torch.optim.Adam(self.w.values(), lr=0.02, eps=1e-3)


class Heads(Model):
    """Classes and, of what is hidden, the picture itself; the picture's layer has a learning rate and a decay of its own."""

    input = (5, 4, 2)

    def __init__(self):
        super().__init__()
        self.clean = normal(BATCHES, BATCH, *self.input).float().double()
        self.mask = torch.rand(BATCHES, BATCH, *self.input, generator=generator) < 0.4
        self.w.convolution("conv2d1", 3, 2, 6)
        self.w.affine("dense1", 5 * 4 * 6, CLASSES)
        self.w.convolution("conv2d2", 3, 6, 2)

    def outputs(self, x, lengths):
        y = torch.relu(convolution(self.w, "conv2d1", x))
        return {
            "outputs.classes": affine(self.w, "dense1", y.flatten(1)),
            "outputs.picture": convolution(self.w, "conv2d2", y),
        }

    def loss(self, outputs, labels, batch):
        classes = F.cross_entropy(outputs["outputs.classes"], labels, label_smoothing=0.1)
        hidden = self.mask[batch]
        picture = F.mse_loss(outputs["outputs.picture"][hidden], self.clean[batch][hidden])
        return 0.5 * classes + 3 * picture

    def optimizer(self):
        own = [w for n, w in self.w.items() if n.startswith("conv2d2.")]
        others = [w for n, w in self.w.items() if not n.startswith("conv2d2.")]
        groups = [{"params": others}, {"params": own, "lr": 0.03, "weight_decay": 0.5}]
        return torch.optim.Adam(groups, lr=0.01, eps=1e-4)


def write(name, model):
    result = {f"start.{key}": value.detach().clone() for key, value in model.w.items()}
    result |= {f"start.{key}": value.clone() for key, value in model.running.items()}
    labels = torch.randint(0, CLASSES, (BATCHES, BATCH), generator=generator)
    result |= {"x": model.x, "labels": labels}
    if model.lengths is not None:
        result["lengths"] = model.lengths
    if model.clean is not None:
        result |= {"clean": model.clean, "mask": model.mask}
    optimizer = model.optimizer()
    rates = [group["lr"] for group in optimizer.param_groups]
    for step in range(STEPS):
        batch = step % BATCHES
        outputs = model.outputs(model.x[batch], None if model.lengths is None else model.lengths[batch])
        if not isinstance(outputs, dict):
            outputs = {"outputs": outputs}
        loss = model.loss(outputs, labels[batch], batch)
        (loss / model.accumulate).backward()
        if step == 0:
            result |= {key: value.detach().clone() for key, value in outputs.items()}
            result["loss"] = loss.detach().reshape(1)
            for key, value in model.w.items():
                result[f"gradient.{key}"] = value.grad * model.accumulate
        if (step + 1) % model.accumulate:
            continue
        if model.clip_norm is not None:
            norm = torch.nn.utils.clip_grad_norm_(model.w.values(), model.clip_norm)
            assert norm > model.clip_norm or step > 0, "the limit has to limit something"
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * model.factor(step)
        optimizer.step()
        optimizer.zero_grad()
    result |= {f"end.{key}": value.detach() for key, value in {**model.w, **model.running}.items()}
    arrays = {key: numpy.ascontiguousarray(value.numpy().astype("<f4")) for key, value in result.items()}
    save_file(arrays, f"{name}.safetensors")


for name, make in {
    "mlp": MLP, "convnet": ConvNet, "resnet": ResNet, "vit": VisionTransformer, "text": TextEncoder,
    "heads": Heads,
}.items():
    write(name, make())
