import domainsJson from "../data/role-texts/domains.json" with { type: "json" };
import formatsJson from "../data/role-texts/formats.json" with { type: "json" };
import guardrailsJson from "../data/role-texts/guardrails.json" with { type: "json" };
import personasJson from "../data/role-texts/personas.json" with { type: "json" };
import stackJson from "../data/role-texts/stack.json" with { type: "json" };

/** Who the model is to be; `guardrails` are the ids it brings along where none are asked for. */
export interface Persona {
  readonly title: string;
  readonly core: string;
  readonly style: string;
  readonly guardrails: readonly string[];
}

/** A block's instructions, one line each. */
export type Instructions = readonly string[];

/** Maps, not objects: an id such as `constructor` is unknown like any other. */
const toMap = <T>(blocks: Readonly<Record<string, T>>): ReadonlyMap<string, T> => new Map(Object.entries(blocks));

/** Every block by its id, in the order in which they are listed. */
export const ROLE_BLOCKS: {
  readonly personas: ReadonlyMap<string, Persona>;
  readonly stack: ReadonlyMap<string, Instructions>;
  readonly domains: ReadonlyMap<string, Instructions>;
  readonly formats: ReadonlyMap<string, Instructions>;
  readonly guardrails: ReadonlyMap<string, Instructions>;
} = {
  personas: toMap<Persona>(personasJson),
  stack: toMap<Instructions>(stackJson),
  domains: toMap<Instructions>(domainsJson),
  formats: toMap<Instructions>(formatsJson),
  guardrails: toMap<Instructions>(guardrailsJson),
};
