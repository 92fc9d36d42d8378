/** Where the sources are and what opens them. An empty address or key turns its source off. */
export interface SourceConfig {
  readonly openRouterUrl: string;
  readonly artificialAnalysisUrl: string;
  readonly artificialAnalysisKey: string;
  /** The dataset server's filter address. */
  readonly lmarenaUrl: string;
  /** `config:category,category;config:category` */
  readonly lmarenaBoards: string;
  /** The folder that holds the tables. */
  readonly livebenchUrl: string;
  readonly livebenchRelease: string;
  readonly aiderUrl: string;
  readonly epochUrl: string;
  readonly modelsDevUrl: string;
  /** "on" lets sources on this machine be asked over http. */
  readonly loopbackHttp: string;
}

export const DEFAULT_SOURCES: SourceConfig = {
  openRouterUrl: "https://openrouter.ai/api/v1/models",
  artificialAnalysisUrl: "https://artificialanalysis.ai/api/v2/language/models/free",
  artificialAnalysisKey: "",
  lmarenaUrl: "https://datasets-server.huggingface.co/filter",
  lmarenaBoards: "text:overall,coding;webdev:overall;vision:overall",
  livebenchUrl: "https://livebench.ai",
  livebenchRelease: "2026-06-25",
  aiderUrl: "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml",
  epochUrl: "https://epoch.ai/data/benchmark_data.zip",
  modelsDevUrl: "https://models.dev/api.json",
  loopbackHttp: "off",
};

/** The variable of each setting. */
const VARIABLES: Readonly<Record<keyof SourceConfig, string>> = {
  openRouterUrl: "OPENROUTER_MODELS_URL",
  artificialAnalysisUrl: "ARTIFICIAL_ANALYSIS_URL",
  artificialAnalysisKey: "ARTIFICIAL_ANALYSIS_KEY",
  lmarenaUrl: "LMARENA_URL",
  lmarenaBoards: "LMARENA_BOARDS",
  livebenchUrl: "LIVEBENCH_URL",
  livebenchRelease: "LIVEBENCH_RELEASE",
  aiderUrl: "AIDER_URL",
  epochUrl: "EPOCH_URL",
  modelsDevUrl: "MODELS_DEV_URL",
  loopbackHttp: "SOURCES_LOOPBACK_HTTP",
};

/** Names of all variables, for a host that hands them on. */
export const SOURCE_VARIABLES: readonly string[] = Object.values(VARIABLES);

/** Settings by the variables that are set; a variable that is no text counts as not set. */
export function toSourceConfig(variables: Readonly<Record<string, unknown>>): SourceConfig {
  const read = (key: keyof SourceConfig): string => {
    const value = variables[VARIABLES[key]];
    return typeof value === "string" ? value.trim() : DEFAULT_SOURCES[key];
  };
  return {
    openRouterUrl: read("openRouterUrl"),
    artificialAnalysisUrl: read("artificialAnalysisUrl"),
    artificialAnalysisKey: read("artificialAnalysisKey"),
    lmarenaUrl: read("lmarenaUrl"),
    lmarenaBoards: read("lmarenaBoards"),
    livebenchUrl: read("livebenchUrl"),
    livebenchRelease: read("livebenchRelease"),
    aiderUrl: read("aiderUrl"),
    epochUrl: read("epochUrl"),
    modelsDevUrl: read("modelsDevUrl"),
    loopbackHttp: read("loopbackHttp"),
  };
}
