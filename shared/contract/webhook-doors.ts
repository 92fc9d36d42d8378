import { type Door, json, none } from "./door.ts";
import {
  deliveryAnswerSchema,
  githubHookSchema,
  hookQuerySchema,
  hookStatusSchema,
  standardHookSchema,
  standardTaskSchema,
} from "./webhooks.ts";

const status = { ...none, method: "GET", auth: "admin", response: hookStatusSchema } as const;
const remove = { ...none, method: "DELETE", auth: "admin", response: hookStatusSchema } as const;
const save = { ...json, method: "PUT", auth: "admin", response: hookStatusSchema } as const;
const signed = {
  method: "POST",
  auth: "signature",
  body: "raw",
  query: hookQuerySchema,
  response: deliveryAnswerSchema,
  status: 202,
} as const;

/** What trackers and other senders deliver, and how a tenant sets that up. */
export const WEBHOOK_DOORS = {
  receiveGithub: {
    ...signed,
    path: "/webhooks/github",
    summary: "A signed delivery of GitHub: decides new issues, takes commands and outcomes",
    headers: ["x-hub-signature-256", "x-github-delivery", "x-github-event"],
  },
  receiveStandard: {
    ...signed,
    path: "/webhooks/standard",
    summary: "A delivery signed as Standard Webhooks 1.0.0 wants it: decides one task",
    headers: ["webhook-id", "webhook-timestamp", "webhook-signature"],
    request: standardTaskSchema,
  },
  getGithubHook: {
    ...status,
    path: "/api/webhooks/github",
    summary: "The GitHub hook without its secrets, and how it fares",
  },
  putGithubHook: {
    ...save,
    path: "/api/webhooks/github",
    summary: "Set up the GitHub hook; secrets are kept sealed",
    request: githubHookSchema,
  },
  deleteGithubHook: { ...remove, path: "/api/webhooks/github", summary: "Forget the GitHub hook and its secrets" },
  getStandardHook: {
    ...status,
    path: "/api/webhooks/standard",
    summary: "The Standard Webhooks hook without its secrets",
  },
  putStandardHook: {
    ...save,
    path: "/api/webhooks/standard",
    summary: "Set up the Standard Webhooks hook",
    request: standardHookSchema,
  },
  deleteStandardHook: {
    ...remove,
    path: "/api/webhooks/standard",
    summary: "Forget the Standard Webhooks hook and its secrets",
  },
} as const satisfies Record<string, Door>;
