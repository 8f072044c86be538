"""Writes schedules.json: the factors of PyTorch's schedules in 20 steps. `python schedules.py > schedules.json`."""

import json

import torch


def factors(make):
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    schedule = make(optimizer)
    result = []
    for _ in range(20):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step() if len(result) < 20 else None
    return result


def main():
    one_cycle = lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=20, cycle_momentum=False)
    cosine = lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=20, eta_min=0.1)
    print(json.dumps({"oneCycle": factors(one_cycle), "cosine": factors(cosine)}, indent=1))


main()
