import { type Instructions, ROLE_BLOCKS } from "./role-blocks.ts";

/** More would drown the task; every block that is named still gets a line as long as there is room for one. */
const STACK_LINES_MAX = 10;
const RULE_LINES_MAX = 6;
/** Comes with every persona: roles invite long answers. */
const ALWAYS_WITH_PERSONA = "concise";

/** Which blocks are wanted, by id. */
export interface RoleBlockIds {
  readonly persona?: string | null | undefined;
  readonly stack?: readonly string[] | undefined;
  readonly domain?: string | null | undefined;
  readonly format?: string | null | undefined;
  /** Given, even empty, they replace those that the persona brings along. */
  readonly guardrails?: readonly string[] | null | undefined;
}

export interface RoleRequest extends RoleBlockIds {
  readonly task: string;
}

/** The blocks that were found, and the prompt made of them. Without any the prompt is the task itself. */
export interface ComposedRole {
  readonly hasRole: boolean;
  readonly persona: string | null;
  readonly personaTitle: string | null;
  readonly stack: readonly string[];
  readonly domain: string | null;
  readonly format: string | null;
  readonly guardrails: readonly string[];
  readonly wordCount: number;
  readonly fullPrompt: string;
  /** One line for each id that names no block; such an id changes nothing else. */
  readonly warnings: readonly string[];
}

type Kind = "personas" | "stack" | "domains" | "formats" | "guardrails";
const KIND_NAMES: Readonly<Record<Kind, string>> = {
  personas: "persona",
  stack: "stack block",
  domains: "domain",
  formats: "format",
  guardrails: "guardrail",
};

const QUOTE_MAX_CHARS = 60;
const toWarning = (kind: Kind, id: string): string =>
  `No ${KIND_NAMES[kind]} ${JSON.stringify(id.slice(0, QUOTE_MAX_CHARS))}: GET /api/roles/blocks lists them`;

/** Ids as asked, each once, and those of them that exist. */
function lookUp(kind: Kind, asked: readonly (string | null | undefined)[]) {
  const ids = [...new Set(asked.filter((id) => id !== null && id !== undefined && id !== ""))].map(String);
  const isKnown = (id: string): boolean => ROLE_BLOCKS[kind].has(id);
  return {
    known: ids.filter(isKnown),
    warnings: ids.filter((id) => !isKnown(id)).map((id) => toWarning(kind, id)),
  };
}

/** Lines of the blocks in turn (the first of each, then the second of each), so that a long list starves no block. */
function inTurn(blocks: readonly Instructions[], max: number): readonly string[] {
  const rounds = Math.max(0, ...blocks.map((block) => block.length));
  const lines = Array.from({ length: rounds }, (_, round) => blocks.flatMap((block) => block[round] ?? [])).flat();
  return [...new Set(lines)].slice(0, max);
}

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");
const section = (title: string, body: string): readonly string[] => (body === "" ? [] : [`# ${title}\n${body}`]);
const linesOf = (blocks: ReadonlyMap<string, Instructions>, ids: readonly string[]): readonly Instructions[] =>
  ids.flatMap((id) => {
    const block = blocks.get(id);
    return block === undefined ? [] : [block];
  });

function toStackBody(ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const unheard = ids.slice(STACK_LINES_MAX);
  const notes = [`In use: ${ids.join(", ")}.`];
  if (unheard.length > 0) notes.push(`Follow common practice for ${unheard.join(", ")} too.`);
  return `${bullets(inTurn(linesOf(ROLE_BLOCKS.stack, ids), STACK_LINES_MAX))}\nNotes: ${notes.join(" ")}`;
}

/** Asked for, or else what the persona brings along. */
function toGuardrailIds(request: RoleBlockIds, personaId: string | undefined): readonly string[] {
  if (request.guardrails !== undefined && request.guardrails !== null) return request.guardrails;
  const persona = personaId === undefined ? undefined : ROLE_BLOCKS.personas.get(personaId);
  return persona === undefined ? [] : [...persona.guardrails, ALWAYS_WITH_PERSONA];
}

const countWords = (text: string): number => text.split(/\s+/).filter((word) => word !== "").length;

/** The blocks of a request as they were found, and the text of the role alone. */
function toRole(request: RoleBlockIds) {
  const persona = lookUp("personas", [request.persona]);
  const stack = lookUp("stack", request.stack ?? []);
  const domain = lookUp("domains", [request.domain]);
  const format = lookUp("formats", [request.format]);
  const [personaId] = persona.known;
  const guardrails = lookUp("guardrails", toGuardrailIds(request, personaId));
  const found = [persona, stack, domain, format, guardrails];
  const hasRole = found.some(({ known }) => known.length > 0);
  const block = personaId === undefined ? undefined : ROLE_BLOCKS.personas.get(personaId);
  const { domains, formats, guardrails: rules } = ROLE_BLOCKS;
  const sections = [
    ...(block === undefined ? [] : section(`Role: ${block.title}`, block.core)),
    ...section("Stack", toStackBody(stack.known)),
    ...section("Domain", bullets(linesOf(domains, domain.known).flat())),
    ...section("Output", bullets(linesOf(formats, format.known).flat())),
    ...section("Rules", bullets(inTurn(linesOf(rules, guardrails.known), RULE_LINES_MAX))),
    ...section("Style", block?.style ?? ""),
  ];
  return { persona, stack, domain, format, guardrails, block, text: hasRole ? sections.join("\n\n") : "" };
}

/** The role alone, to stand apart from the task; empty without a known block. */
export function toRoleText(request: RoleBlockIds): { readonly text: string; readonly warnings: readonly string[] } {
  const { persona, stack, domain, format, guardrails, text } = toRole(request);
  return { text, warnings: [persona, stack, domain, format, guardrails].flatMap(({ warnings }) => warnings) };
}

/**
 * One prompt of role, stack, domain, output, rules and style, in this order, and the task below a rule. The task's text
 * is not touched. An unknown id is a warning, never a role.
 */
export function composeRole(request: RoleRequest): ComposedRole {
  const { persona, stack, domain, format, guardrails, block, text } = toRole(request);
  const hasRole = text !== "";
  const fullPrompt = hasRole ? `${text}\n\n---\n\n# Task\n${request.task}` : request.task;
  return {
    hasRole,
    persona: persona.known[0] ?? null,
    personaTitle: block?.title ?? null,
    stack: stack.known,
    domain: domain.known[0] ?? null,
    format: format.known[0] ?? null,
    guardrails: guardrails.known,
    wordCount: countWords(fullPrompt),
    fullPrompt,
    warnings: [persona, stack, domain, format, guardrails].flatMap(({ warnings }) => warnings),
  };
}
