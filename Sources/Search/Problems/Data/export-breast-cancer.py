"""Writes breast-cancer.csv: the ten mean features of scikit-learn's breast-cancer data (Wolberg et al.
1995, UCI, CC BY 4.0) and the diagnosis, 1 for benign. Needs scikit-learn (pip install scikit-learn)."""

from pathlib import Path

from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
names = [name.replace(" ", "_") for name in data.feature_names[:10]]
lines = [",".join(names + ["benign"])]
for row, target in zip(data.data[:, :10], data.target):
    lines.append(",".join(f"{value:.6g}" for value in row) + f",{target}")
Path(__file__).with_name("breast-cancer.csv").write_text("\n".join(lines) + "\n")
