"""The baselines on the test split, for the final table alone."""
import json

from baselines import keyword_rules, majority
from compare import SINGLE_WEIGHT, score, tfidf
from dataset import load_labelled
from finetune import training_rows
from ontology import DEFAULT_DATA, DEFAULT_WORK


def main():
    rows = load_labelled(DEFAULT_DATA)
    train, test = ([r for r in rows if r["split"] == s] for s in ("train", "test"))
    labelled = [r for r in training_rows(DEFAULT_DATA, train, SINGLE_WEIGHT) if "labels" in r]
    found = {"TF-IDF + logistic regression": tfidf(labelled, test), "keyword rules": keyword_rules(test), "majority class": majority(train, test)}
    report = {name: score(predicted, test) for name, predicted in found.items()}
    (DEFAULT_WORK / "baselines-test.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
