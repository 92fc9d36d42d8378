/**
 * What a model that is asked again is told of the answer before it, which could not be read; empty where there was none.
 * `complaint` is in our own words: nothing that a model wrote may come back as an instruction.
 */
export const toComplaint = (complaint: string | null): string =>
  complaint === null ? "" : `An earlier answer to this question could not be read: ${complaint}. `;
