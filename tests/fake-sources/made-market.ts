import { type ReplayServer, send } from "./replay-server.ts";

/** A made-up market: how many models there are (at most 280), and what the first one costs. */
export interface Market {
  readonly models: number;
  /** Cents per 1M prompt tokens of the first model. */
  readonly price: number;
}

/** Two of them carry the scale of abilities; the others are like nothing else. */
const nameOf = (i: number) =>
  i === 20
    ? { id: "openai/gpt-4o-2024-11-20", name: "GPT-4o (2024-11-20)" }
    : i === 150
      ? { id: "anthropic/claude-sonnet-4.5", name: "Claude Sonnet 4.5" }
      : { id: `maker/model-${i + 1}`, name: `Model ${i + 1}` };

const listOf = ({ models, price }: Market): string =>
  JSON.stringify({
    data: Array.from({ length: models }, (_, i) => ({
      ...nameOf(i),
      context_length: 100_000,
      pricing: { prompt: String((i === 0 ? price : 100) / 1e8), completion: "0.000002" },
    })),
  });

const feedOf = ({ models }: Market): string =>
  JSON.stringify({
    intelligence_index_version: "4.1",
    pagination: { page: 1, has_more: false },
    data: Array.from({ length: models }, (_, i) => ({
      name: nameOf(i).name,
      evaluations: {
        artificial_analysis_intelligence_index: 15 + i * 0.3,
        artificial_analysis_coding_index: 10 + i * 0.35,
      },
      performance: { median_output_tokens_per_second: 50 + i },
    })),
  });

/** Makes a server the list of models and the index of this market; its other paths stay as they are. */
export function offer(server: ReplayServer, market: Market): void {
  server.replies.set("/models", send(listOf(market)));
  server.replies.set("/aa", send(feedOf(market)));
}
