import type { WEBHOOK_DOORS } from "../../shared/contract/webhook-doors.ts";
import type { Handler } from "./handler.ts";
import {
  deleteGithubHook,
  deleteStandardHook,
  getGithubHook,
  getStandardHook,
  putGithubHook,
  putStandardHook,
} from "./handlers/webhook-hooks.ts";
import { receiveGithub } from "./surfaces/webhooks/receive-github.ts";
import { receiveStandard } from "./surfaces/webhooks/receive-standard.ts";

export const WEBHOOK_HANDLERS: Readonly<Record<keyof typeof WEBHOOK_DOORS, Handler>> = {
  receiveGithub,
  receiveStandard,
  getGithubHook,
  putGithubHook,
  deleteGithubHook,
  getStandardHook,
  putStandardHook,
  deleteStandardHook,
};
