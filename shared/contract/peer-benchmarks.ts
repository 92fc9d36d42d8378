/** smart-spawn's names of benchmarks, ours, and what ours is multiplied by: there, shares are percent. First known wins. */
const PEER_NAMES: readonly (readonly [string, readonly (readonly [string, number])[]])[] = [
  ["arena", [["lmarena_text", 1]]],
  ["intelligenceIndex", [["aa_intelligence_index", 1]]],
  ["codingIndex", [["aa_coding_index", 1]]],
  ["mathIndex", [["aa_math_index", 1]]],
  ["mmluPro", [["hf_mmlu_pro", 1]]],
  ["gpqa", [["gpqa_diamond", 100]]],
  ["ifEval", [["hf_ifeval", 1]]],
  ["bbh", [["hf_bbh", 1]]],
  ["liveBenchCoding", [["livebench_coding", 1]]],
  ["liveBenchAgenticCoding", [["livebench_agentic_coding", 1]]],
  ["liveBenchReasoning", [["livebench_reasoning", 1]]],
  ["liveBenchMath", [["livebench_mathematics", 1]]],
  ["liveBenchLanguage", [["livebench_language", 1]]],
  ["liveBenchIF", [["livebench_if", 1]]],
];

/** The values that a client of smart-spawn looks for, under its names; one that is not measured is left out. */
export function toPeerBenchmarks(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    PEER_NAMES.flatMap(([name, ours]) => {
      const found = ours.find(([own]) => values[own] !== undefined);
      if (found === undefined) return [];
      const [own, factor] = found;
      return [[name, (values[own] ?? 0) * factor]];
    }),
  );
}
