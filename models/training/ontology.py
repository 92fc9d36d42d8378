"""The ontology's closed lists, in logit order, and the paths and constants every script here shares."""
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
CATEGORIES_FILE = REPO / "models" / "data" / "categories.jsonl"
NOISE_FILE = REPO / "models" / "data" / "noise.jsonl"
LABELS_FILE = REPO / "models" / "data" / "labels.jsonl"
MODEL_DIR = REPO / "models" / "kickoff-1"
GOLDEN_DIR = REPO / "tests" / "golden" / "kickoff-1"
DEFAULT_DATA = REPO.parent / "shared" / "data"
DEFAULT_WORK = HERE / "dist"  # ignored by git: vocabulary model, caches, checkpoints

HEAD_LABELS = {
    "complexity": ["easy", "medium", "hard"],
    "task_type": ["bugfix", "feature", "refactor", "test", "design", "docs", "migration", "exploration"],
    "risk": ["low", "medium", "high"],
}
HEADS = list(HEAD_LABELS)
CATEGORIES = ["coding", "reasoning", "creative", "research", "vision", "fast-cheap", "general"]
COMPLEXITY_SUB = ["reasoning_depth", "scope_breadth", "domain_knowledge", "spec_completeness"]
RISK_SUB = ["security_surface", "data_sensitivity", "production_exposure", "reversal_cost"]
SUB_SCORES = COMPLEXITY_SUB + RISK_SUB

TEXT_PREFIX = "Current: "
MAX_TOKENS, HEAD_TOKENS, TAIL_TOKENS = 256, 192, 62
PAD, CLS, SEP, UNK = 0, 1, 2, 3
MASK = UNK  # [UNK] never occurs under byte fallback, so it serves as the mask in training
