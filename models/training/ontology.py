"""The ontology's closed lists, in logit order, and the paths and constants every script here shares."""
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
LABELS_FILE = REPO / "models" / "data" / "labels.jsonl"
MODEL_DIR = REPO / "models" / "kickoff-0"
GOLDEN_DIR = REPO / "tests" / "golden" / "kickoff-0"
DEFAULT_DATA = REPO.parent / "shared" / "data"
DEFAULT_WORK = HERE / "dist"  # ignored by git: vocabulary model, caches, checkpoints

HEAD_LABELS = {
    "complexity": ["easy", "medium", "hard"],
    "task_type": ["bugfix", "feature", "refactor", "test", "design", "docs", "migration", "exploration"],
    "risk": ["low", "medium", "high"],
}
HEADS = list(HEAD_LABELS)
COMPLEXITY_SUB = ["reasoning_depth", "scope_breadth", "domain_knowledge", "spec_completeness"]
RISK_SUB = ["security_surface", "data_sensitivity", "production_exposure", "reversal_cost"]
SUB_SCORES = COMPLEXITY_SUB + RISK_SUB

TEXT_PREFIX = "Current: "
MAX_TOKENS, HEAD_TOKENS, TAIL_TOKENS = 256, 192, 62
PAD, CLS, SEP, UNK = 0, 1, 2, 3
