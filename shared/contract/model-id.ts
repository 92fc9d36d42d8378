/** `openrouter/` before a whole id, as clients write it there; the router entries of that name keep theirs. */
const OPENROUTER_PREFIX = /^openrouter\/(?=[^/]+\/)/;

/** The catalogue id that a client's word stands for. */
export const toModelId = (word: string): string => word.replace(OPENROUTER_PREFIX, "");
