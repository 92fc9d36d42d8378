import { ok, type Result } from "../../shared/base/result.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import type { Need } from "../../shared/policy/policy.ts";
import type { Classification } from "../../shared/task/classification.ts";
import { CATEGORY_LABELS, type Category } from "../../shared/task/labels.ts";
import { toTaskText } from "../../shared/task/task.ts";
import type { Classifier } from "./inference/classifier.ts";

/** What kind of model is asked for, and how that is known. */
export interface Subject {
  readonly category: Category;
  /** `word`: the request named it. `classifier`: its category head read the text. `task_type`: its head for kinds of work did. */
  readonly from: "word" | "classifier" | "task_type";
  /** null where no text was read. */
  readonly classification: Classification | null;
  /** What the category itself asks of a model. */
  readonly needs: readonly Need[];
}

const needsOf = (category: Category): readonly Need[] => (category === "vision" ? ["vision"] : []);

const byWord = (category: Category): Subject => ({
  category,
  from: "word",
  classification: null,
  needs: needsOf(category),
});

function byText(classification: Classification): Subject {
  const { category: head, task_type } = classification;
  const category = head?.label ?? PARAMETERS.categories.byTaskType[task_type.label];
  return { category, from: head === null ? "task_type" : "classifier", classification, needs: needsOf(category) };
}

/** The category that a request names, or that its task is classified into. */
export async function readSubject(
  { task = "", category }: { readonly task?: string | undefined; readonly category?: Category | undefined },
  classifier: Classifier,
): Promise<Result<Subject>> {
  const word = task.trim().toLowerCase();
  const named = category ?? CATEGORY_LABELS.find((label) => label === word);
  if (named !== undefined) return ok(byWord(named));
  const classified = await classifier.classify([toTaskText({ task })]);
  if (!classified.ok) return classified;
  const [classification] = classified.value;
  if (classification === undefined) throw new Error("the classifier answered nothing for one task");
  return ok(byText(classification));
}
