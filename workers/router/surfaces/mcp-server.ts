import {
  type CallToolResult,
  createMcpHandler,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
  type Tool,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import packageJson from "../../../package.json" with { type: "json" };
import { type Fault, toDetail } from "../../../shared/base/fault.ts";
import type { Result } from "../../../shared/base/result.ts";
import { MCP_TOOLS, type McpTool, type McpToolName } from "../../../shared/contract/mcp.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { requireScope } from "../../platform/auth.ts";
import { bareJsonResponse, INTERNAL_MESSAGE, toHttpError } from "../../platform/http.ts";
import { log, toErrorFields } from "../../platform/log.ts";
import type { CallDoor } from "../call-door.ts";
import type { RouterDeps } from "../deps.ts";
import type { HandlerInput } from "../handler.ts";
import { readArtifact } from "./mcp-artifact.ts";
import * as decisions from "./mcp-decision-tools.ts";
import { readHealth } from "./mcp-health.ts";
import { checkParams } from "./mcp-params.ts";
import { listResources, RESOURCE_TEMPLATES, readResource } from "./mcp-resources.ts";
import { listRuns } from "./mcp-run-list.ts";
import * as runs from "./mcp-run-tools.ts";
import type { ToolWorld } from "./mcp-tool.ts";

type Work = (args: unknown, world: ToolWorld) => Promise<Result<object>>;

/** A tool's function behind its input schema. */
const checked =
  <S extends z.ZodType>(
    { input: schema }: { readonly input: S },
    work: (args: z.output<S>, world: ToolWorld) => Promise<Result<object>>,
  ): Work =>
  async (args, world) => {
    const input = parseWith(schema, args ?? {});
    return input.ok ? work(input.value, world) : input;
  };

const WORK: Readonly<Record<McpToolName, Work>> = {
  smartspawn_run_create: checked(MCP_TOOLS.smartspawn_run_create, runs.createRun),
  smartspawn_run_status: checked(MCP_TOOLS.smartspawn_run_status, runs.readStatus),
  smartspawn_run_result: checked(MCP_TOOLS.smartspawn_run_result, runs.readResult),
  smartspawn_artifact_get: checked(MCP_TOOLS.smartspawn_artifact_get, readArtifact),
  smartspawn_run_list: checked(MCP_TOOLS.smartspawn_run_list, listRuns),
  smartspawn_run_cancel: checked(MCP_TOOLS.smartspawn_run_cancel, runs.cancelRun),
  smartspawn_health: checked(MCP_TOOLS.smartspawn_health, readHealth),
  spawnpoint_classify: checked(MCP_TOOLS.spawnpoint_classify, decisions.classify),
  spawnpoint_route: checked(MCP_TOOLS.spawnpoint_route, decisions.route),
  spawnpoint_models: checked(MCP_TOOLS.spawnpoint_models, decisions.listModels),
  spawnpoint_outcome: checked(MCP_TOOLS.spawnpoint_outcome, decisions.recordOutcome),
  spawnpoint_verdict: checked(MCP_TOOLS.spawnpoint_verdict, decisions.giveVerdict),
  spawnpoint_approve: checked(MCP_TOOLS.spawnpoint_approve, decisions.approve),
};

const INSTRUCTIONS =
  "Ask spawnpoint_route at the start of a coding task which model should do it, and why; say with spawnpoint_outcome how it ended. smartspawn_run_create has a task done here: it answers at once, smartspawn_run_result with wait_s waits for the end.";

/** Older clients take draft 7 where no dialect is named, newer ones 2020-12; our schemas mean the same in both. */
function toJsonSchema(schema: z.ZodType, io: "input" | "output"): Tool["inputSchema"] {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  const plain: Omit<Tool["inputSchema"], "type"> = JSON.parse(JSON.stringify(json));
  return { ...plain, type: "object" };
}

const toTool = ([name, tool]: readonly [string, McpTool]): Tool => ({
  name,
  title: tool.title,
  description: tool.description,
  inputSchema: toJsonSchema(tool.input, "input"),
  outputSchema: toJsonSchema(tool.output, "output"),
  annotations: {
    readOnlyHint: tool.readOnly,
    openWorldHint: tool.openWorld === true,
    ...(tool.readOnly ? {} : { destructiveHint: tool.destructive === true }),
  },
});

/** Made once: the module is loaded with the first request of this protocol. */
const TOOLS = Object.entries<McpTool>(MCP_TOOLS).map((entry) => ({ tool: toTool(entry), scope: entry[1].listedFor }));

const isToolName = (name: string): name is McpToolName => Object.hasOwn(MCP_TOOLS, name);

const toText = (value: unknown): CallToolResult["content"] => [{ type: "text", text: JSON.stringify(value, null, 2) }];

/** smart-spawn's shape of an error, and our code beside it. */
const toErrorResult = (error: { readonly error: string; readonly code: string; readonly details?: unknown }) => ({
  content: toText(error),
  isError: true,
});

function logFault(fault: Fault, what: string): void {
  const isOurs = fault.kind === "malformed_data" || fault.kind === "unavailable";
  const how = isOurs ? ({ level: "error", detail: toDetail(fault) } as const) : ({ level: "info" } as const);
  log({ ...how, event: "mcp_refused", what, faultKind: fault.kind });
}

function toCallResult(name: McpToolName, answer: Result<object>): CallToolResult {
  if (answer.ok) return { content: toText(answer.value), structuredContent: { ...answer.value } };
  logFault(answer.fault, name);
  const { code, message, details } = toHttpError(answer.fault);
  return toErrorResult({ error: message, code, ...(details === undefined ? {} : { details }) });
}

/** Does the work; a bug is told as nothing but that, since the library would show its message. */
async function callTool(name: McpToolName, args: unknown, world: ToolWorld): Promise<CallToolResult> {
  try {
    return toCallResult(name, await WORK[name](args, world));
  } catch (thrown) {
    log({ level: "error", event: "bug", what: name, ...toErrorFields(thrown) });
    return toErrorResult({ error: INTERNAL_MESSAGE, code: "INTERNAL" });
  }
}

interface Caller {
  readonly principal: HandlerInput["principal"];
  readonly deps: RouterDeps;
  readonly call: CallDoor;
}

/** What a request's work may use; progress is told only where the request named a token for it. */
function toWorld({ principal, deps, call }: Caller, { mcpReq }: ServerContext): ToolWorld {
  const progressToken = mcpReq._meta?.progressToken;
  const tell = async (progress: number, message: string): Promise<void> => {
    if (progressToken === undefined || mcpReq.signal.aborted) return;
    await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, message } });
  };
  return { call, deps, tenantId: principal.tenantId, signal: mcpReq.signal, tell };
}

/** A resource's fault as the protocol's error: what is not there has a code of its own. */
function toProtocolError(fault: Fault, uri: string): ProtocolError {
  logFault(fault, "resource");
  const { message } = toHttpError(fault);
  if (fault.kind === "not_found") return new ResourceNotFoundError(uri, message);
  const isTheirs = fault.kind === "forbidden" || fault.kind === "unauthorized" || fault.kind === "invalid_param";
  return new ProtocolError(isTheirs ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError, message);
}

/** The resources of a caller; a bug in them is told as nothing but that. */
async function withoutBugs<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    log({ level: "error", event: "bug", what: "resource", ...toErrorFields(thrown) });
    throw new ProtocolError(ProtocolErrorCode.InternalError, INTERNAL_MESSAGE);
  }
}

function makeServer(caller: Caller): Server {
  const server = new Server(
    { name: "spawnpoint", title: "Spawnpoint", version: packageJson.version },
    { capabilities: { tools: {}, resources: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler("tools/list", () => ({
    tools: TOOLS.filter(({ scope }) => scope === undefined || requireScope(caller.principal, scope).ok).map(
      ({ tool }) => tool,
    ),
  }));
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const { name, arguments: args } = params;
    if (!isToolName(name)) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such tool");
    return callTool(name, args, toWorld(caller, context));
  });
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: [...RESOURCE_TEMPLATES] }));
  server.setRequestHandler("resources/list", (_request, context) =>
    withoutBugs(async () => {
      const listed = await listResources(toWorld(caller, context));
      if (!listed.ok) throw toProtocolError(listed.fault, "");
      return { resources: [...listed.value] };
    }),
  );
  server.setRequestHandler("resources/read", ({ params }, context) =>
    withoutBugs(async () => {
      const read = await readResource(params.uri, toWorld(caller, context));
      if (!read.ok) throw toProtocolError(read.fault, params.uri);
      return { contents: [{ uri: params.uri, ...read.value }] };
    }),
  );
  return server;
}

export interface McpExchange extends Caller {
  readonly request: Request;
  readonly message: Readonly<Record<string, unknown>>;
  /** Whether the answer may take long: it then streams from its beginning, so that a caller who leaves is noticed. */
  readonly isLong: boolean;
}

/** That a caller has left shows when something is written to it: a wait for nobody reads the run's events that much longer. */
const KEEP_ALIVE_MS = 5_000;

const isId = (id: unknown): boolean => typeof id === "string" || Number.isSafeInteger(id);

/** The protocol's error to a request whose params are not of its method. */
function refuseParams(id: unknown, fault: Fault): Response {
  logFault(fault, "params");
  const error = { code: ProtocolErrorCode.InvalidParams, message: toHttpError(fault).message };
  return bareJsonResponse({ jsonrpc: "2.0", id, error });
}

/** Answers one message, of either generation of the protocol, by a server of its own. */
export async function answerMessage({ request, message, isLong, ...caller }: McpExchange): Promise<Response> {
  const params = checkParams(message);
  // Without an id it is no request: the library knows what to do with it.
  if (!params.ok && isId(message.id)) return refuseParams(message.id, params.fault);
  const handler = createMcpHandler(() => makeServer(caller), {
    responseMode: isLong ? "sse" : "auto",
    keepAliveMs: KEEP_ALIVE_MS,
    // Nothing here changes while a client watches: there is nothing to subscribe to.
    maxSubscriptions: 0,
    onerror: (error) => log({ level: "info", event: "mcp_refused", what: "message", errorName: error.name }),
  });
  return handler.fetch(request, { parsedBody: message });
}
