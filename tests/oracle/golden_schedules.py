"""Reference values of learning-rate schedules, step by step, into tests/golden/schedules.json."""
import warnings

import torch

import golden

TOTAL, PER_EPOCH = 40, 8
warnings.filterwarnings("ignore")  # the optimizer is never stepped here, on purpose


def rates(make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make(optimizer)
    found = []
    for step in range(TOTAL):
        found.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
        if step + 1 < TOTAL:
            optimizer.step()
            schedule.step()
    return found


def main():
    s = torch.optim.lr_scheduler
    cases = [
        ("constant", {}, lambda o: s.ConstantLR(o, 1.0)),
        ("cosine", {}, lambda o: s.CosineAnnealingLR(o, T_max=TOTAL)),
        ("cosine", {"floor": 0.1}, lambda o: s.CosineAnnealingLR(o, T_max=TOTAL, eta_min=0.1)),
        ("one_cycle", {}, lambda o: s.OneCycleLR(o, max_lr=1.0, total_steps=TOTAL)),
        ("one_cycle", {"up": 0.5, "div": 10, "final_div": 100},
         lambda o: s.OneCycleLR(o, max_lr=1.0, total_steps=TOTAL, pct_start=0.5, div_factor=10, final_div_factor=100)),
        ("step", {"every": 2, "factor": 0.5}, lambda o: s.StepLR(o, 2 * PER_EPOCH, 0.5)),
    ]
    golden.write("schedules", __file__, [{"kind": kind, "params": params, "total": TOTAL, "per_epoch": PER_EPOCH, "rates": rates(make)}
                                         for kind, params, make in cases])


if __name__ == "__main__":
    main()
