import { say, speak } from "../../tests/fake-provider/speech.ts";
import type { SeenCall } from "../../tests/fake-provider/start-fake-provider.ts";
import { type Timeline, wait } from "../../tests/fake-provider/timeline.ts";

/** So slow that a person sees steps run, and those of one wave run at once. */
const THINKING_MS = 400;
/** A usual number of UTF-8 bytes a token; no bill of anybody depends on it. */
const BYTES_PER_TOKEN = 4;

/**
 * What the demo's provider says instead of a model. Which of four questions it was asked stands in its text alone, so
 * this script, and nothing that it is asked by, looks there: for the seal that a judge, a planning or a merging model must repeat.
 */
export function scriptedAnswer(call: SeenCall): Timeline {
  const question = textOf(call.body);
  const tokens = Math.ceil(question.length / BYTES_PER_TOKEN);
  const text = answerTo(question, call.model);
  const speech = say(text, { usage: [tokens, 0, Math.ceil(text.length / BYTES_PER_TOKEN)] });
  return [wait(THINKING_MS), ...speak(speech, call)];
}

function answerTo(question: string, model: string): string {
  const judgeSeal = /\{"seal": "([^"]+)", "reasons"/.exec(question)?.[1];
  if (judgeSeal !== undefined) return toVerdict(judgeSeal, question);
  const planSeal = /\{"seal": "([^"]+)", "parts"/.exec(question)?.[1];
  if (planSeal !== undefined) return toPlan(planSeal);
  const mergeSeal = /write (\S+) and then one JSON object/.exec(question)?.[1];
  if (mergeSeal !== undefined) return toMerged(mergeSeal);
  // The next model of a cascade, or of a chain of parts, is shown what came before.
  const hasRead = question.includes(MARK);
  return `${MARK}${hasRead ? LATER_MARK : ""}, by a script in the place of ${model}.\nA real model's work would stand here.`;
}

const MARK = "Scripted answer";
const LATER_MARK = " after reading an earlier one";

/** The first attempt is turned down, so that a cascade escalates; the next is taken. */
function toVerdict(seal: string, question: string): string {
  const isLater = question.includes(`${MARK}${LATER_MARK}`);
  const reasons = isLater
    ? ["Scripted: nothing is missing."]
    : ["Scripted: the first answer is always turned down here."];
  return JSON.stringify({ seal, reasons, score: isLater ? 10 : 2 });
}

/** A diamond: two parts in the middle run at once. */
function toPlan(seal: string): string {
  const parts = [
    { id: "columns", text: "Define the columns of the CSV export", depends_on: [] },
    { id: "parser", text: "Write the parser of the export", depends_on: ["columns"] },
    { id: "table", text: "Show the rows of the export in a table", depends_on: ["columns"] },
    { id: "tests", text: "Test parser and table", depends_on: ["parser", "table"] },
  ];
  return JSON.stringify({ seal, parts });
}

function toMerged(seal: string): string {
  const notes = { best: ["A"], why: "Scripted: the first is named.", agreed: [], disputed: [], minority: [] };
  return `Scripted merge of the answers before it.\nA real model's result would stand here.\n${seal}\n${JSON.stringify(notes)}`;
}

/** The texts of a request in the OpenAI shape, the only one that the demo's host is set up to send. */
function textOf(body: unknown): string {
  const messages: unknown = typeof body === "object" && body !== null && "messages" in body ? body.messages : [];
  const list: readonly unknown[] = Array.isArray(messages) ? messages : [];
  return list
    .map((one) => (typeof one === "object" && one !== null && "content" in one ? String(one.content) : ""))
    .join("\n");
}
