import { expect, test } from "vitest";
import { BENCHMARKS, benchmarkOf, benchmarkWeight, toLinear } from "./benchmark-table.ts";
import { DOMAINS } from "./model.ts";

test("benchmarkOf() knows a new category of an open board by the beginning of its name", () => {
  expect(benchmarkOf("lmarena_text_coding")).toBe(BENCHMARKS.lmarena_text_coding);
  expect(benchmarkOf("lmarena_text_klingon")?.transform).toBe("linear");
  expect(benchmarkWeight("design_arena_agents_webapps", "agentic_coding")).toBeGreaterThan(
    benchmarkWeight("design_arena_models_3d", "agentic_coding"),
  );
  expect(benchmarkOf("unheard_of")).toBeUndefined();
});

test("benchmarkWeight() gives boards that rate makers of pictures no say in any domain", () => {
  for (const name of ["lmarena_image", "lmarena_image_edit", "lmarena_text_to_image", "lmarena_text_to_video"])
    for (const domain of DOMAINS) expect(benchmarkWeight(name, domain)).toBe(0);
});

test("benchmarkWeight() lets agents on repositories speak most for coding agents", () => {
  const weight = (name: string): number => benchmarkWeight(name, "agentic_coding");
  for (const quiz of ["livebench_coding", "gpqa_diamond", "aider_polyglot", "lmarena_text", "aa_intelligence_index"])
    expect(weight("livebench_agentic_coding")).toBeGreaterThan(weight(quiz));
  expect(Math.max(...Object.keys(BENCHMARKS).map(weight))).toBe(weight("livebench_agentic_coding"));
});

test("toLinear() keeps a rebased index a line of what it was and takes a percentage by its log odds", () => {
  const [a, b, c] = [20, 40, 60].map((points) => toLinear("aa_coding_index", 0.8 * points - 3) ?? Number.NaN);
  expect((b ?? 0) - (a ?? 0)).toBeCloseTo((c ?? 0) - (b ?? 0));
  expect(toLinear("livebench_reasoning", 50)).toBeCloseTo(0);
  expect(toLinear("hf_math_lvl_5", 0)).toBeLessThan(-6);
  expect(toLinear("unheard_of", 1)).toBeNull();
});

test("every weight of the table is a share", () => {
  for (const { weights, elsewhere } of Object.values(BENCHMARKS))
    for (const weight of [...Object.values(weights), elsewhere]) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(1);
    }
});
