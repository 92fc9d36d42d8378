/** Line to show wherever rows of a source, or what was computed from them, are shown; by `BenchmarkRow.source`. */
export const ATTRIBUTION = {
  openrouter: "Model list: OpenRouter (https://openrouter.ai), with indices of Artificial Analysis and Design Arena",
  artificial_analysis: "Benchmark indices and speed: Artificial Analysis (https://artificialanalysis.ai)",
  lmarena: "Arena ratings: LMArena leaderboard dataset (https://lmarena.ai), CC BY 4.0",
  livebench: "LiveBench scores (https://livebench.ai)",
  hf_open_llm: "Open LLM Leaderboard v2 (https://huggingface.co/open-llm-leaderboard)",
} as const;
