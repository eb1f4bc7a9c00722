"""Reference values of metrics from scikit-learn, into tests/golden/metrics.json. Needs numpy and scikit-learn, nothing else."""
import json
import os

import numpy
import sklearn
from sklearn import metrics as m

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "metrics.json")


def classes(random, rows, width, seen):
    """Outputs of a network of `width` classes on rows whose labels are below `seen`: some classes may never occur."""
    outputs = random.normal(size=(rows, width)).astype(numpy.float32).round(3)
    labels = random.integers(0, seen, rows)
    outputs[numpy.arange(rows), labels] += numpy.float32(0.7)
    predicted = outputs.argmax(1)
    shifted = outputs.astype(float) - outputs.max(1, keepdims=True)
    probabilities = numpy.exp(shifted) / numpy.exp(shifted).sum(1, keepdims=True)
    macro = {"average": "macro", "zero_division": 0}
    values = {"loss": m.log_loss(labels, probabilities, labels=range(width)), "accuracy": m.accuracy_score(labels, predicted), "precision": m.precision_score(labels, predicted, **macro),
              "recall": m.recall_score(labels, predicted, **macro), "f1": m.f1_score(labels, predicted, **macro)}
    if width > 5:
        values["top5"] = m.top_k_accuracy_score(labels, outputs, k=5, labels=range(width))
    return {"task": "classes", "width": width, "outputs": [float(f"{v:.9g}") for v in outputs.reshape(-1)], "targets": labels.tolist(),
            "confusion": m.confusion_matrix(labels, predicted, labels=range(width)).reshape(-1).tolist(), "values": {k: float(v) for k, v in values.items()}}


def numbers(random, rows):
    targets = (random.normal(size=rows) * 3 + 100).astype(numpy.float32)
    outputs = (targets + random.normal(size=rows)).astype(numpy.float32)
    values = {"loss": m.mean_squared_error(targets, outputs), "mae": m.mean_absolute_error(targets, outputs), "rmse": m.mean_squared_error(targets.astype(float), outputs.astype(float)) ** 0.5,
              "r2": m.r2_score(targets.astype(float), outputs.astype(float))}
    return {"task": "numbers", "width": 1, "outputs": [float(f"{v:.9g}") for v in outputs], "targets": [float(f"{v:.9g}") for v in targets], "values": {k: float(v) for k, v in values.items()}}


def main():
    random = numpy.random.default_rng(3)
    cases = [classes(random, 50, 3, 3), classes(random, 80, 8, 8), classes(random, 40, 10, 4), numbers(random, 60)]
    with open(PATH, "w", encoding="utf-8") as file:
        file.write(f'{{"made_by": "tests/oracle/sklearn_metrics.py", "scikit-learn": "{sklearn.__version__}", "cases": [\n')
        file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        file.write("\n]}\n")
    print(f"{os.path.relpath(PATH)}: {len(cases)} cases")


if __name__ == "__main__":
    main()
