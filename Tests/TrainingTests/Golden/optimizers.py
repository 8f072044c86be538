"""Writes optimizers.json: ten steps of PyTorch's optimisers. `python optimizers.py > optimizers.json`; made with torch 2."""

import json

import torch


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al. 2023; PyTorch has none."""

    def __init__(self, weights, lr, betas, weight_decay):
        super().__init__(weights, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), rate = group["betas"], group["lr"]
            for weight in group["params"]:
                mean = self.state[weight].setdefault("mean", torch.zeros_like(weight))
                direction = (beta1 * mean + (1 - beta1) * weight.grad).sign()
                weight -= rate * (direction + group["weight_decay"] * weight)
                mean.mul_(beta2).add_(weight.grad, alpha=1 - beta2)


OPTIMIZERS = {
    "adam": lambda w: torch.optim.Adam(w, lr=0.03, betas=(0.8, 0.97), eps=1e-3, weight_decay=0.2),
    "adamw": lambda w: torch.optim.AdamW(w, lr=0.03, betas=(0.8, 0.97), eps=1e-3, weight_decay=0.2),
    "momentum": lambda w: torch.optim.SGD(w, lr=0.2, momentum=0.7, weight_decay=0.1),
    "nesterov": lambda w: torch.optim.SGD(w, lr=0.2, momentum=0.7, weight_decay=0.1, nesterov=True),
    "lion": lambda w: Lion(w, lr=0.01, betas=(0.8, 0.97), weight_decay=0.5),
    "rmsprop": lambda w: torch.optim.RMSprop(w, lr=0.02, alpha=0.95, eps=1e-3, momentum=0.6, weight_decay=0.1),
}


def main():
    generator = torch.Generator().manual_seed(3)
    start = torch.randn(7, generator=generator, dtype=torch.float32)
    gradients = torch.randn(10, 7, generator=generator, dtype=torch.float32)
    gradients *= 10.0 ** torch.arange(-4, 3)
    result = {"start": start.tolist(), "gradients": gradients.tolist(), "weights": {}}
    for name, make in OPTIMIZERS.items():
        # In double precision: the error that is left is ours.
        weight = start.double().clone().requires_grad_()
        optimizer = make([weight])
        for gradient in gradients:
            weight.grad = gradient.double()
            optimizer.step()
        result["weights"][name] = weight.tolist()
    print(json.dumps(result, indent=1))


main()
