/** Who has to be named for what, by source, in the order of naming. Artificial Analysis asks for it in all use. */
const LINES: readonly (readonly [string, string])[] = [
  ["artificial_analysis", "Artificial Analysis (https://artificialanalysis.ai): indices and measured speed"],
  [
    "openrouter",
    "OpenRouter (https://openrouter.ai): models, prices, and indices of Artificial Analysis (https://artificialanalysis.ai)",
  ],
  ["lmarena", "LMArena leaderboard dataset (https://lmarena.ai), CC BY 4.0; standardised and combined"],
  ["livebench", "LiveBench (https://livebench.ai)"],
  ["epoch", "Epoch AI (https://epoch.ai/data), CC BY 4.0; standardised and combined"],
  ["aider", "Aider polyglot leaderboard (https://aider.chat), Apache License 2.0"],
  ["hf_open_llm", "Open LLM Leaderboard (https://huggingface.co/open-llm-leaderboard)"],
  ["models_dev", "models.dev (https://models.dev), MIT License: model facts"],
];

/** One line for each source that contributed. */
export const toAttribution = (sources: readonly string[]): readonly string[] =>
  LINES.filter(([source]) => sources.includes(source)).map(([, line]) => line);
