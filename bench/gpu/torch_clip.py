#!/usr/bin/env python3
"""Times what a careful PyTorch user does, on the shapes of a FastTrainLog.GpuBench result, and prints both side by side.

    python3 torch_clip.py results.json [--device 0] [--out torch.json]

Needs this machine's own torch with CUDA. Two operations a model and type:
  norm + check   the L2 norm of all gradients (foreach) and whether any element is NaN or infinite, brought to the host
  clip + check   torch.nn.utils.clip_grad_norm_(foreach=True) and the same check; the limit is never reached, yet torch multiplies
Both end with the synchronisation that reading the answer is; FastTrainLog's figure beside them has none.
"""

import argparse
import json
import statistics
import sys
import time


def non_finite(torch, gradients):
    """True when any element of any gradient is NaN or infinite; one synchronisation for all of them."""
    return not bool(torch.stack([torch.isfinite(gradient).all() for gradient in gradients]).all().item())


def time_operation(torch, operation, rounds=15, steps=20):
    """The median over rounds of the wall time of a step in milliseconds; each step ends in a synchronisation of its own."""
    for _ in range(steps):
        operation()
    times = []
    for _ in range(rounds):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        for _ in range(steps):
            operation()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - begin) / steps * 1e3)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results")
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--out")
    options = parser.parse_args()
    try:
        import torch
    except ImportError:
        sys.exit("Nothing was measured: this Python has no torch.")
    if not torch.cuda.is_available():
        sys.exit(f"Nothing was measured: torch {torch.__version__} finds no CUDA device.")

    with open(options.results) as file:
        results = json.load(file)
    torch.cuda.set_device(options.device)
    types = {"Float32": torch.float32, "BFloat16": torch.bfloat16, "Float16": torch.float16}
    ours = {(row["model"], row["type"], row["operation"]): row["ms"] for row in results["rows"]}
    print(f"torch {torch.__version__}, {torch.cuda.get_device_name()}; FastTrainLog on {results['device']}")
    print(f"{'model':<18} {'type':<9} {'operation':<14} {'torch ms':>9} {'ours ms':>9} {'ours/torch':>10}")
    rows = []
    for row in results["rows"]:
        if row["operation"] != "copy":
            continue
        parameters = []
        for length in row["lengths"]:
            parameter = torch.nn.Parameter(torch.empty(length, device="cuda", dtype=types[row["type"]]))
            parameter.grad = torch.randn_like(parameter) * 1e-2
            parameters.append(parameter)
        gradients = [parameter.grad for parameter in parameters]

        def norm_and_check():
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
            return norm.item(), non_finite(torch, gradients)

        def clip_and_check():
            norm = torch.nn.utils.clip_grad_norm_(parameters, 1e30, foreach=True)
            return norm.item(), non_finite(torch, gradients)

        for operation, function, peer in (
            ("norm + check", norm_and_check, "statistics"),
            ("clip + check", clip_and_check, "clip, within limit"),
        ):
            milliseconds = time_operation(torch, function)
            own = ours[row["model"], row["type"], peer]
            print(f"{row['model']:<18} {row['type']:<9} {operation:<14} {milliseconds:9.4f} {own:9.4f} {own / milliseconds:10.2f}")
            rows.append({"model": row["model"], "type": row["type"], "operation": operation, "torch_ms": milliseconds, "ms": own})
        del parameters, gradients
        torch.cuda.empty_cache()

    late = [r for r in rows if r["operation"] == "norm + check" and r["ms"] >= 0.5 * r["torch_ms"]]
    for r in late:
        print(f"MISSED {r['model']} {r['type']}: under half of torch's time for norm and check wanted")
    if options.out:
        with open(options.out, "w") as file:
            json.dump({"torch": torch.__version__, "device": torch.cuda.get_device_name(), "rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
