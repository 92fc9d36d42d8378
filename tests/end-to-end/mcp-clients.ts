import { join } from "node:path";
import { Client as NewClient, StreamableHTTPClientTransport as NewHttp } from "@modelcontextprotocol/client";
import { StdioClientTransport as NewStdio } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OldHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

export const BRIDGE = join(import.meta.dirname, "..", "..", "clients", "mcp-stdio", "spawnpoint-mcp.mjs");

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: number, message: string) => void;
}

export interface Called {
  readonly isError: boolean;
  /** The first content's text. */
  readonly text: string;
  readonly structured: unknown;
}

/** What the tests ask of a client, whatever its generation and its way to the server. */
export interface TestClient {
  readonly version: () => string;
  readonly toolNames: () => Promise<readonly string[]>;
  readonly call: (name: string, args: Record<string, unknown>, options?: CallOptions) => Promise<Called>;
  readonly templates: () => Promise<readonly string[]>;
  readonly resources: () => Promise<readonly string[]>;
  readonly read: (uri: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

interface Result {
  readonly [other: string]: unknown;
  readonly isError?: unknown;
  readonly content?: unknown;
  readonly structuredContent?: unknown;
}

function toCalled({ isError, content, structuredContent }: Result): Called {
  const [first] = Array.isArray(content) ? content : [];
  return { isError: isError === true, text: String(first?.text), structured: structuredContent };
}

const toText = (contents: readonly object[]): string => {
  const [first] = contents;
  return first !== undefined && "text" in first ? String(first.text) : "";
};

interface Target {
  readonly url: string;
  readonly key: string | null;
}

const toHeaders = ({ key }: Target) => ({
  requestInit: { headers: key === null ? {} : { authorization: `Bearer ${key}` } },
});

/** The bridge as a host starts it, with no more of this process's environment than it needs. */
const toBridge = ({ url, key }: Target) => ({
  command: process.execPath,
  args: [BRIDGE],
  env: { SPAWNPOINT_URL: url, ...(key === null ? {} : { SPAWNPOINT_API_KEY: key }) },
});

/** The clients' own 60 s are what the longest wait of a run takes. */
const ANSWER_TIMEOUT_MS = 250_000;

const toOptions = ({ signal, onProgress }: CallOptions) => ({
  timeout: ANSWER_TIMEOUT_MS,
  ...(signal === undefined ? {} : { signal }),
  ...(onProgress === undefined
    ? {}
    : {
        onprogress: (told: { progress: number; message?: string | undefined }) =>
          onProgress(told.progress, told.message ?? ""),
      }),
});

async function openOld(transport: OldHttp | OldStdio): Promise<TestClient> {
  const client = new OldClient({ name: "old", version: "1" });
  // The transport's own type names an optional session id, which this compiler option tells apart from an absent one.
  await client.connect(transport as Parameters<OldClient["connect"]>[0]);
  return {
    version: () => ("protocolVersion" in transport ? String(transport.protocolVersion) : "unknown"),
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args, options = {}) =>
      toCalled(await client.callTool({ name, arguments: args }, undefined, toOptions(options))),
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate),
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => toText((await client.readResource({ uri })).contents),
    close: () => client.close(),
  };
}

async function openNew(transport: NewHttp | NewStdio): Promise<TestClient> {
  const client = new NewClient({ name: "new", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(transport);
  return {
    version: () => client.getNegotiatedProtocolVersion() ?? "unknown",
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args, options = {}) =>
      toCalled(await client.callTool({ name, arguments: args }, toOptions(options))),
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate),
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => toText((await client.readResource({ uri })).contents),
    close: () => client.close(),
  };
}

const toEndpoint = ({ url }: Target): URL => new URL("/mcp", url);

/** The official client of each generation, over HTTP and over the bridge. */
export const OPEN = {
  "old client over HTTP": (target: Target) => openOld(new OldHttp(toEndpoint(target), toHeaders(target))),
  "new client over HTTP": (target: Target) => openNew(new NewHttp(toEndpoint(target), toHeaders(target))),
  "old client over stdio": (target: Target) => openOld(new OldStdio(toBridge(target))),
  "new client over stdio": (target: Target) => openNew(new NewStdio(toBridge(target))),
} as const;
