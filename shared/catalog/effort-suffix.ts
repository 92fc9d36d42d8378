/** "_high", "_16K": what boards append to a name for the effort or thinking budget of a run. */
const EFFORT_SUFFIX = /_(?:none|minimal|low|medium|high|xhigh|max|unknown|thinking|\d+k)$/i;

/** A board's name without the suffix that tells its variants by effort apart. */
export const withoutEffortSuffix = (name: string): string => name.replace(EFFORT_SUFFIX, "");
