import type { Classification } from "../../task/classification.ts";
import { toTaskText } from "../../task/task.ts";
import type { PlannedPart } from "../planned-parts.ts";
import { type DecomposeWorld, type Decomposition, decidePart, toOrder } from "./decompose.ts";

/** The texts to classify, one a part. */
export const toPlannedTexts = (parts: readonly PlannedPart[], stack: readonly string[]): readonly string[] =>
  parts.map(({ text }) => toTaskText({ task: text, stack }));

/**
 * A model's parts decided as those of the splitter are, each by its own classification, and linked as the model said.
 * `classifications` are those of toPlannedTexts(), in order. Throws on parts that parsePlannedParts() would refuse.
 */
export function decomposePlanned(
  parts: readonly PlannedPart[],
  classifications: readonly Classification[],
  world: DecomposeWorld,
): Decomposition {
  const decided = parts.map(({ text }, i) => {
    const classification = classifications[i];
    if (classification === undefined) throw new Error("a part without its classification");
    return decidePart({ text, spans: [], follows: "nothing", phase: null, number: null }, classification, world);
  });
  const places = new Map(parts.map(({ id }, i) => [id, i]));
  const edges = parts.flatMap(({ dependsOn }, to) =>
    dependsOn.map((id) => {
      const from = places.get(id);
      if (from === undefined) throw new Error("a part waits for one that is not there");
      return { from, to, type: "temporal" as const };
    }),
  );
  return { parts: decided, edges, order: toOrder(parts.length, edges), shared: "" };
}
